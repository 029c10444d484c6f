"""Which years are told as of somebody who looks at states of coverage, too."""

from gisapp.runtime import Runtime
from gisapp.store import installation, years
from tests import hot_town


def test_states_tell_of_the_year_in_which_the_program_was_installed_and_of_the_one_before(
    runtime: Runtime,
) -> None:
    hot_town.build(runtime, hot_town.usual())

    with runtime.sessions.read(hot_town.LEADER, hot_town.NOW) as session:
        began = installation.the(session).created_at.year
        told = [years.looked_into(session, began + later) for later in (-2, -1, 0, 1)]

    assert told == [False, True, True, True]
