"""Writes on editions: their life (`lifecycle`), their instruments, and enrolments."""

from parvis.web.editions.actions.enrolment import (
    Perimeter,
    Wishes,
    begin_enrolment,
    begin_enrolments,
    decide_enrolment,
    decide_enrolments,
    record_staff_information,
    record_staff_informations,
    submit_enrolment,
    submit_enrolments,
    write_many_wishes,
    write_perimeter,
    write_perimeters,
    write_wishes,
)
from parvis.web.editions.actions.instruments import freeze_instruments, put_in_force, put_shipped_instruments
from parvis.web.editions.actions.lifecycle import (
    change_date,
    create_edition,
    give_seat,
    move,
    open_enrolment,
    open_fieldwork,
)

__all__ = [
    "Perimeter",
    "Wishes",
    "begin_enrolment",
    "begin_enrolments",
    "change_date",
    "create_edition",
    "decide_enrolment",
    "decide_enrolments",
    "freeze_instruments",
    "give_seat",
    "move",
    "open_enrolment",
    "open_fieldwork",
    "put_in_force",
    "put_shipped_instruments",
    "record_staff_information",
    "record_staff_informations",
    "submit_enrolment",
    "submit_enrolments",
    "write_many_wishes",
    "write_perimeter",
    "write_perimeters",
    "write_wishes",
]
