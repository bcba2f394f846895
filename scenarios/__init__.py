"""What if: change a problem, solve it again, compare; and the synthetic demo prefecture."""
