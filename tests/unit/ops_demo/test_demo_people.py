"""Invented members: counts, households, offices, and the same people for the same seed."""

from collections import Counter
from collections.abc import Callable

from ops.demo.alliance import DemoAlliance
from ops.demo.cast import Constituency, DemoRole
from ops.demo.names import WELL_KNOWN_NAMES
from ops.demo.people import AgeKind, DemoPopulation
from ops.demo.places import DemoPlaces
from ops.demo.story import Scope, all_logins, community_logins


class TestPopulation:
    def test_same_seed_same_people_other_seed_others(
        self, draw: Callable[[str, int], DemoPopulation]
    ) -> None:
        assert draw("yjyx", 1) == draw("yjyx", 1)
        assert draw("yjyx", 1) != draw("yjyx", 2)

    def test_three_hundred_members_of_their_own_community(
        self, populations: dict[str, DemoPopulation]
    ) -> None:
        for code, population in populations.items():
            people = population.people
            assert len(people) == 300
            assert {person.community_code for person in people} == {code}
            assert [person.index for person in people] == list(range(300))
            assert all(person.is_demo for person in people)
            assert len({person.name for person in people}) == 300
            assert not WELL_KNOWN_NAMES & {person.name for person in people}

    def test_household_codes_are_unique_and_begin_with_the_grid(
        self, places: DemoPlaces, populations: dict[str, DemoPopulation]
    ) -> None:
        for code, population in populations.items():
            codes = [household.code for household in population.households]
            grids = {grid.number for grid in places.community(code).grids}
            assert len(codes) == len(set(codes))
            for household in population.households:
                assert len(household.code) == 4
                assert int(household.code[:2]) == household.grid_number
                assert household.grid_number in grids

    def test_one_to_five_people_and_one_head_in_a_household(
        self, populations: dict[str, DemoPopulation]
    ) -> None:
        for population in populations.values():
            sizes = Counter(p.household_code for p in population.people if p.household_code)
            heads = Counter(p.household_code for p in population.people if p.is_household_head)
            assert set(sizes) == {household.code for household in population.households}
            for household in population.households:
                assert 1 <= sizes[household.code] + len(household.child_nicknames) <= 5
                assert heads[household.code] == 1

    def test_riders_and_staff_live_elsewhere(self, populations: dict[str, DemoPopulation]) -> None:
        for population in populations.values():
            kinds = Counter(kind for person in population.people for kind in person.kinds)
            assert kinds["resident"] > 250
            assert min(kinds.values()) >= 3
            assert len(kinds) == 5
            for person in population.people:
                has_home = person.household_code is not None
                assert has_home == ("resident" in person.kinds)

    def test_six_of_ten_households_of_yijuyuan_west_were_relocated(
        self, populations: dict[str, DemoPopulation]
    ) -> None:
        households = populations["yjyx"].households
        share = sum(household.is_relocated for household in households) / len(households)
        assert 0.55 <= share <= 0.65
        for person in populations["yjyx"].people:
            if person.cast_login is None and "relocated_household" in person.tags:
                assert person.household_code is not None

    def test_only_seniors_have_a_year(self, populations: dict[str, DemoPopulation]) -> None:
        for person in populations["jianbei"].people:
            is_senior = person.age is AgeKind.SENIOR
            assert (person.senior_from_year is not None) == is_senior
            assert ("senior" in person.audience_words) == is_senior

    def test_many_never_take_part_and_a_few_do_much(
        self, populations: dict[str, DemoPopulation]
    ) -> None:
        activity = sorted(person.activity for person in populations["longgang"].people)
        assert activity[75] == 0
        assert sum(activity[-60:]) > sum(activity) / 2

    def test_sharing_a_household(self, populations: dict[str, DemoPopulation]) -> None:
        population = populations["yjyx"]
        rider = next(p for p in population.people if "new_employment_worker" in p.kinds)
        staff = next(p for p in population.people if "property_staff" in p.kinds)
        couple = [p for p in population.people if p.household_code == "0317"]
        assert population.share_household(rider.index, rider.index)
        assert not population.share_household(rider.index, staff.index)
        assert all(population.share_household(couple[0].index, p.index) for p in couple)


class TestLogins:
    def test_names_are_unique_and_bound_to_the_right_member(
        self,
        places: DemoPlaces,
        alliance: DemoAlliance,
        populations: dict[str, DemoPopulation],
    ) -> None:
        logins = all_logins(places=places, alliance=alliance, populations=populations)
        assert len({login.login for login in logins}) == len(logins)
        assert {login.role for login in logins} == set(DemoRole)
        for login in logins:
            assert login.is_demo
            if login.member_index is not None:
                (code,) = login.community_codes
                assert populations[code].people[login.member_index].name == login.name

    def test_each_community_has_both_bodies_and_its_offices(
        self, populations: dict[str, DemoPopulation]
    ) -> None:
        for code, population in populations.items():
            logins = community_logins(population=population)
            roles = Counter(login.role for login in logins)
            assert logins[0].login == f"{code}-admin"
            assert logins[0].member_index is None
            assert 2 <= roles[DemoRole.GRID_WORKER] <= 3
            assert roles[DemoRole.SUPERVISOR] == 2
            assert {
                login.constituency for login in logins if login.role is DemoRole.PANELIST
            } == set(Constituency)
            assert roles[DemoRole.PANELIST] == 3

    def test_no_supervisor_is_a_grid_worker_and_no_two_officers_share_a_home(
        self, populations: dict[str, DemoPopulation]
    ) -> None:
        for population in populations.values():
            members = [
                (login, population.people[login.member_index])
                for login in community_logins(population=population)
                if login.member_index is not None
            ]
            homes = [person.household_code for _, person in members if person.household_code]
            assert len(homes) == len(set(homes))
            for login, person in members:
                if login.role is DemoRole.SUPERVISOR:
                    assert "grid_worker" not in person.kinds

    def test_merchants_sign_in_where_they_serve(
        self,
        places: DemoPlaces,
        alliance: DemoAlliance,
        populations: dict[str, DemoPopulation],
    ) -> None:
        logins = all_logins(places=places, alliance=alliance, populations=populations)
        at_shops = [login for login in logins if login.scope is Scope.MERCHANT]
        assert len(at_shops) == 2 * len(alliance.merchants)
        laoxing = next(login for login in at_shops if login.login == "laoxing-clerk")
        assert laoxing.community_codes == ("yjyx",)
        assert laoxing.role is DemoRole.MERCHANT_CLERK
