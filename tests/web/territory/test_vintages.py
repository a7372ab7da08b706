"""The two vintages in the database: loading, search, facts, former codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.people.models import JournalEntry
from parvis.web.territory import actions, queries
from parvis.web.territory.models import FormerCommune, Organisation, PublicService, Territory, Vintage
from tests.web.territory.factories import NOON, OrganisationFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture(scope="module", autouse=True)
def both_vintages(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Loaded once; what a test changes is undone before the next one."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            actions.load_shipped(at=NOON)
            yield
            transaction.set_rollback(True)
        connection.close()


class BothVintages:
    def unit(self, kind: str, code: str, vintage: int = 2026) -> Territory:
        return Territory.objects.get(vintage=vintage, kind=kind, code=code)

    def labels(self, text: str, limit: int = 5, **options: object) -> list[str]:
        return [found.label for found in queries.search(text, 2026, limit, **options)]  # type: ignore[arg-type]

    def organisation(self, kind: str, code: str, vintage: int = 2026) -> Organisation:
        return actions.organisation_from_territory(territory=self.unit(kind, code, vintage), by=None, at=NOON)


class TestLoading(BothVintages):
    def test_everything_is_there(self) -> None:
        assert dict(Vintage.objects.values_list("year", "units")) == {2021: 36_461, 2026: 36_372}
        assert FormerCommune.objects.filter(vintage=2026).count() == 4_285
        assert PublicService.objects.get(code="etat-civil").label_en == "Civil registry and formalities"
        assert queries.vintages_loaded() == [2026, 2021]

    def test_loading_again_does_nothing(self) -> None:
        first = Territory.objects.order_by("pk").first()
        lines = JournalEntry.objects.count()
        assert [each.loaded_at for each in actions.load_shipped(at=LATER)] == [NOON, NOON]
        assert Territory.objects.order_by("pk").first() == first
        assert JournalEntry.objects.count() == lines

    def test_a_changed_fingerprint_loads_the_vintage_anew(self) -> None:
        Vintage.objects.filter(year=2021).update(fingerprint="of an older release")
        Territory.objects.filter(vintage=2021, code="25056").update(name="X")
        assert actions.load_vintage(year=2021, at=LATER).loaded_at == LATER
        assert self.unit("commune", "25056", 2021).name == "Besançon"
        assert Territory.objects.filter(vintage=2021).count() == 36_461

    def test_a_vintage_that_does_not_ship_is_refused_and_leaves_no_trace(self) -> None:
        with pytest.raises(ParvisError):
            actions.load_vintage(year=1999, at=NOON)
        assert not Vintage.objects.filter(year=1999).exists()


class TestSearching(BothVintages):
    def test_accents_hyphens_and_abbreviations_are_forgiven(self) -> None:
        for typed, first in {
            "st etienne": "Saint-Étienne (42, Loire)",
            "Besancon": "Besançon (25, Doubs)",
            "L'Haÿ-les-Roses": "L'Haÿ-les-Roses (94, Val-de-Marne)",
            "l’hay les roses": "L'Haÿ-les-Roses (94, Val-de-Marne)",
            "hay roses": "L'Haÿ-les-Roses (94, Val-de-Marne)",
            "lhay les roses": "L'Haÿ-les-Roses (94, Val-de-Marne)",
            "VILLENEUVE S/LOT": "Villeneuve-sur-Lot (47, Lot-et-Garonne)",
            "Bezançon": "Besançon (25, Doubs)",
            "Ste-Foy-lès-Lyon": "Sainte-Foy-lès-Lyon (69, Rhône)",
        }.items():
            assert self.labels(typed)[:1] == [first], typed

    def test_what_people_write_before_a_name_tells_what_they_mean(self) -> None:
        for typed, first in {
            "CU Besançon": "CU Grand Besançon Métropole (25, Doubs)",
            "communauté de communes du Pays de Fayence": "CC du Pays de Fayence (83, Var)",
            "agglo Béziers": "CA de Béziers-Méditerranée (34, Hérault)",
            "métropole Strasbourg": "Eurométropole de Strasbourg (67, Bas-Rhin)",
            "métropole de Lyon": "Métropole de Lyon (69, Rhône)",
            "Besançon métropole": "CU Grand Besançon Métropole (25, Doubs)",
            "ville de Lyon": "Lyon (69, Rhône)",
            "conseil départemental du Doubs": "Département du Doubs",
            "région Bretagne": "Région Bretagne",
            "Ville-d'Avray": "Ville-d'Avray (92, Hauts-de-Seine)",
        }.items():
            assert self.labels(typed)[:1] == [first], typed

    def test_homonyms_come_by_size_and_are_told_apart(self) -> None:
        assert self.labels("Saint-Denis", 4) == [
            "Saint-Denis (974, La Réunion)",
            "Saint-Denis (93, Seine-Saint-Denis)",
            "Saint-Denis (11, Aude)",
            "Saint-Denis (30, Gard)",
        ]

    def test_a_departement_written_after_the_name_is_heard(self) -> None:
        for typed in ["Saint-Denis 93", "saint denis, 93", "Saint-Denis (93)", "Saint-Denis (93, Seine-Saint-Denis)"]:
            assert self.labels(typed)[0] == "Saint-Denis (93, Seine-Saint-Denis)", typed
        assert self.labels("Ajaccio 2a") == ["Ajaccio (2A, Corse-du-Sud)"]
        assert self.labels("Besançon 99") == ["Besançon (25, Doubs)"]  # nothing there: the name alone

    def test_exact_comes_before_beginning_before_words(self) -> None:
        names = [found.territory.name for found in queries.search("Besançon", 2026)]
        assert names == ["Besançon", "CU Grand Besançon Métropole"]
        assert self.labels("Foix", 20)[0] == "Foix (09, Ariège)"

    def test_by_siren_siret_and_code(self) -> None:
        for typed, only in {
            "212500565": "Besançon (25, Doubs)",
            "212 500 565": "Besançon (25, Doubs)",
            "21250056500016": "Besançon (25, Doubs)",
            "25056": "Besançon (25, Doubs)",
            "2a004": "Ajaccio (2A, Corse-du-Sud)",
            "242500361": "CU Grand Besançon Métropole (25, Doubs)",
            "200094332": "Collectivité européenne d’Alsace",
        }.items():
            assert self.labels(typed) == [only], typed
        assert self.labels("11") == ["Département de l’Aude", "Région Île-de-France"]

    def test_former_names_and_codes_lead_to_the_commune_of_today(self) -> None:
        for typed, former in {
            "93059": "Pierrefitte-sur-Seine",
            "Pierrefitte-sur-Seine": "Pierrefitte-sur-Seine",
            "75112": "Paris 12e Arrondissement",
        }.items():
            found = queries.search(typed, 2026)[0]
            assert found.former == former
            assert found.territory.code in ("93066", "75056")
        assert [found.former for found in queries.search("Pierrefitte-sur-Seine", 2021)] == [""]

    def test_bodies_stand_for_the_units_that_have_none(self) -> None:
        assert self.labels("Bas-Rhin", bodies=True) == ["Collectivité européenne d’Alsace"]
        assert self.labels("Corse-du-Sud", 1, bodies=True) == ["Collectivité de Corse"]
        rhone = self.labels("Rhône", 2, bodies=True)
        assert sorted(rhone) == ["Département du Rhône", "Métropole de Lyon (69, Rhône)"]
        assert self.labels("Clipperton", bodies=True) == []
        assert self.labels("Corse-du-Sud", bodies=True, kinds=["departement"]) == []

    def test_kinds_narrow(self) -> None:
        assert self.labels("Paris", kinds=["departement"]) == ["Paris"]
        assert all("Paris" in label for label in self.labels("Paris", kinds=["ept"]))

    def test_nothing_is_found_for_nothing_and_for_noise(self) -> None:
        for typed in ["", "  ", "-", "%", "_", "zzzzzzz", "000000000", "'; DROP TABLE", "\x00", "a" * 100_000]:
            assert self.labels(typed) == [], typed

    @pytest.mark.parametrize("typed", ["saint", "besancon", "communauté de communes", "les", "lhay les roses"])
    def test_a_search_asks_few_questions(self, typed: str, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(5):  # names, former names, their communes, départements; close spellings
            queries.search(typed, 2026)


class TestFacts(BothVintages):
    def test_facts_follow_the_vintage(self) -> None:
        metropole = self.organisation("epci", "242500361")
        then, now = queries.facts_of(metropole, 2021), queries.facts_of(metropole, 2026)
        assert (then.members, now.members) == (68, 67)
        assert (now.kind, now.nature, now.departement, now.region) == ("epci", "CU", "25", "27")
        assert now.population == sum(
            member.population or 0 for member in queries.members_of(self.unit("epci", "242500361"))
        )

    def test_many_facts_cost_as_few_queries_as_one(self, django_assert_num_queries: Any) -> None:
        codes = Territory.objects.filter(vintage=2026, kind="commune", departement="25").values_list("code", flat=True)
        organisations = [self.organisation("commune", code) for code in codes[:40]]
        organisations += [self.organisation("departement", "987"), self.organisation("commune", "98735")]
        with django_assert_num_queries(3):  # by SIREN; by code, one for each kind
            facts = queries.facts_of_all(organisations, 2026)
        assert [facts[each.pk].code for each in organisations] == [each.territory_code for each in organisations]
        assert all(fact.present for fact in facts.values())

    def test_a_merged_commune_is_absent_and_names_its_successor(self) -> None:
        pierrefitte = self.organisation("commune", "93059", 2021)
        assert queries.facts_of(pierrefitte, 2021).population == 30_861
        facts = queries.facts_of(pierrefitte, 2026)
        assert (facts.present, facts.population, facts.successor) == (False, None, "93066")

    def test_a_commune_nouvelle_is_another_body_than_the_commune_whose_code_it_took(self) -> None:
        before, after = self.organisation("commune", "71042", 2021), self.organisation("commune", "71042")
        assert before.pk != after.pk  # Bonnay became Bonnay-Saint-Ythaire, with a SIREN of its own
        facts = queries.facts_of(before, 2026)
        assert (facts.present, facts.successor) == (False, "71042")

    def test_a_body_without_territory_brings_its_own_facts(self) -> None:
        hospital = OrganisationFactory(kind="other", scheme="other", sector="health", population=9_000)
        invented = OrganisationFactory(demonstration=True, population=2_500, territory_code="")
        facts = queries.facts_of_all([hospital, invented], 2026)
        assert (facts[hospital.pk].sector, facts[hospital.pk].population) == ("health", 9_000)
        assert (facts[invented.pk].kind, facts[invented.pk].population) == ("commune", 2_500)

    def test_members_of_every_kind(self) -> None:
        for kind, code, count in [
            ("epci", "242500361", 67),
            ("ept", "200057867", 8),
            ("departement", "90", 101),
            ("departement", "6AE", 880),
            ("departement", "69D", 208),
            ("region", "94", 360),
            ("commune", "25056", 1),
        ]:
            unit = self.unit(kind, code)
            members = queries.members_of(unit).count()
            assert members == count, code
            assert unit.members in (members, 0), code

    def test_a_code_leads_to_the_commune_in_force(self) -> None:
        assert [str(queries.present_commune(code, 2026)) for code in ("93059", "25056", "00000")] == [
            "Saint-Denis (93066, 2026)",
            "Besançon (25056, 2026)",
            "None",
        ]

    def test_an_organisation_comes_once_from_its_territory(self) -> None:
        first, again = self.organisation("commune", "25056"), self.organisation("commune", "25056", 2021)
        assert first == again
        assert (first.scheme, first.identifier, first.name) == ("siren", "212500565", "Besançon")
        lines = JournalEntry.objects.filter(verb="organisation.created", subject=f"territory.Organisation:{first.pk}")
        assert lines.count() == 1
        papeete = self.organisation("commune", "98735")
        assert (papeete.scheme, papeete.identifier) == ("insee", "commune:98735")
        assert self.organisation("departement", "25").name == "Département du Doubs"

    def test_a_unit_without_assembly_makes_no_organisation(self) -> None:
        for kind, code, who in [("departement", "67", "departement:6AE"), ("commune", "98901", "∅")]:
            with pytest.raises(ParvisError) as refused:
                self.organisation(kind, code)
            assert refused.value.faults[0].code == "TERRITORY_WITHOUT_ASSEMBLY"
            assert who in refused.value.faults[0].remedy.fr
