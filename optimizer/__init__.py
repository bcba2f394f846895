"""The mathematics: an immutable problem in, an immutable schedule out."""
