"""Why a place stays empty."""

from collections import Counter
from collections.abc import Sequence

from optimizer.roster.levels import may_stand
from optimizer.roster.values import Duty, RosterProblem, Unmanned

__all__ = ["unmanned"]


def unmanned(problem: RosterProblem, duties: Sequence[Duty]) -> tuple[Unmanned, ...]:
    """List the places that stay empty, with how many drivers could not come for which reason."""
    manned = Counter((duty.day, duty.post_id) for duty in duties)
    found: list[Unmanned] = []
    for day in problem.days:
        for post in problem.posts:
            number = post.needed(day) - manned[day.date, post.id]
            if number > 0:
                licensed = [d for d in problem.drivers if may_stand(d, post)]
                away = sum(day.date in d.away for d in licensed)
                on_duty = len(licensed) - away
                reason = (
                    f"{day.date} {post.id} 缺 {number} 人：准驾相符的 {len(licensed)} 人中 "
                    f"{away} 人不能值班，{on_duty} 人已值班或须休息"
                )
                found.append(Unmanned(day=day.date, post_id=post.id, number=number, reason=reason))
    return tuple(found)
