"""What the model says of each placement alone, for models that are stated directly."""

from gisapp.core.matching.problem import Problem

Pair = tuple[int, int]


def placements(problem: Problem) -> dict[Pair, int]:
    """Price each placement (cadre, slot) that may be: way, specialty, links; 0.01 min.

    Load and moves depend on the others and are left out.
    """
    recused = {tuple(pair) for pair in problem.recused.tolist()}
    found = {}
    for cadre in range(len(problem.cadres.codes)):
        for slot, post in enumerate(problem.slots.post.tolist()):
            leader, chief = problem.cadres.leader[cadre], problem.posts.chief[post]
            fits = leader == chief or (leader and problem.weights.leaders_as_members)
            if fits and problem.cadres.available[cadre] and (cadre, post) not in recused:
                found[cadre, slot] = _price(problem, cadre, slot)
    return found


def standing(problem: Problem, may: dict[Pair, int]) -> set[Pair]:
    """Find the placements (cadre, post) of the base plan that could stand."""
    post = problem.slots.post
    could = {(cadre, int(post[slot])) for cadre, slot in may}
    return could & {(cadre, where) for cadre, where in problem.base.tolist()}


def room(problem: Problem, cadre: int) -> int:
    """Tell how many posts a person can take in this problem."""
    return max(int(problem.cadres.capacity[cadre] - problem.cadres.held[cadre]), 0)


def load_price(problem: Problem, cadre: int, nth: int) -> int:
    """Price a person's ``nth`` post (from 1) of this problem; 0.01 min."""
    steps = problem.weights.load_min
    number = int(problem.cadres.held[cadre]) + nth
    return round(100 * steps[min(number, len(steps)) - 1])


def _price(problem: Problem, cadre: int, slot: int) -> int:
    """Price one placement; each part is rounded to 0.01 min."""
    post, office = int(problem.slots.post[slot]), int(problem.cadres.office[cadre])
    weights, knows = problem.weights, problem.cadres.knows[cadre]
    away = problem.offices[office] - problem.posts.metres[post]
    measured = problem.ways_min[(problem.ways == [office, post]).all(axis=1)]
    estimate = float((away @ away) ** 0.5) * weights.detour * 60 / (weights.speed_kmh * 1000)
    travel = float(measured.min()) if len(measured) else estimate
    asked, wish = int(problem.slots.specialty[slot]), int(problem.posts.wish[post])
    if asked >= 0:
        level = int(problem.slots.level[slot])
        missing = weights.specialty_min * (max(level - int(knows[asked]), 0) / level)
    else:
        missing = weights.wish_min * (wish >= 0 and knows[wish] == 0)
    department = int(problem.cadres.department[cadre])
    bonus = problem.links_min[(problem.links == [department, post]).all(axis=1)].sum()
    return round(100 * travel) + round(100 * missing) - round(100 * float(bonus))
