"""No page without eyes on it: each is looked at by a test of this folder, by axe and at 320 px.

A page is a template that extends another one. Whoever adds one writes here who looks at it; the
test that is named has to be there, in a file that uses `check` or asks axe itself.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from practicebox.web.render import templates_folder

HERE = Path(__file__).parent
EXTENDS = re.compile(r'\{% extends "([^"]+)"')
LOOKS = re.compile(r"\bimport\b.*\b(check|onlooker|violations|Look)\b")
LOOKED_AT = {  # who looks, in which file: at which templates
    "test_backup.py test_the_page_is_accessible_and_its_progress_bar_moves_by_itself": """
        staff/backup""",
    "test_conference.py test_four_people_meet_and_a_fifth_without_release_stays_out": """
        staff/conference staff/participants""",
    "test_consent.py test_a_patient_agrees_and_the_desk_has_it": """
        patient/consent staff/consent_form staff/consents staff/form_edit staff/forms
        staff/notes""",
    "test_directory.py test_a_file_becomes_patients_and_doubles_become_one": """
        staff/patients_directory staff/patients_duplicates staff/patients_import
        staff/patients_import_done staff/patients_import_preview staff/patients_merge""",
    "test_bad_days.py test_a_colleague_without_the_right_is_told_whom_to_ask": """
        staff/no_right""",
    "test_bad_days.py test_a_page_for_each_refusal": """
        error""",
    "test_bad_days.py test_questions_before_a_device_is_shut_out_or_taken_along": """
        staff/arrive staff/device_end staff/move staff/software""",
    "test_bad_days.py test_the_status_page_with_everything_in_order_and_with_faults": """
        staff/status""",
    "test_bad_days.py test_what_could_not_be_saved_is_kept_in_the_page": """
        not_saved""",
    "test_calendar.py test_the_pages_are_accessible_and_small": """
        staff/calendar staff/calendar_ask staff/calendar_print staff/opening
        staff/series""",
    "test_check_page.py test_every_step_passes_axe_and_works_small": """
        patient/check""",
    "test_messages.py test_a_mailbox_is_set_up_and_an_invitation_goes_out": """
        staff/agreements staff/messages staff/outbox""",
    "test_pages.py test_the_wizard_and_the_login_pass_axe_and_work_small": """
        setup/access setup/organisation setup/responsibility setup/summary staff/login
        staff/recover""",
    "test_gdt.py test_from_an_order_to_the_report": """
        staff/gdt staff/gdt_record""",
    "test_help.py test_the_handbook_can_be_done_as_it_is_read": """
        staff/help_chapter staff/login_help""",
    "test_kinds.py test_a_call_is_planned_made_and_documented": """
        staff/billing staff/treatments""",
    "test_passkeys.py test_the_pages_of_passkeys_are_accessible_and_small": """
        staff/passkeys""",
    "test_people.py _approve": """
        staff/device_ask staff/device_request""",
    "test_people.py _change_role": """
        staff/user_edit""",
    "test_people.py _off_board": """
        staff/lock staff/user_leave""",
    "test_people.py test_a_colleague_comes_and_goes": """
        staff/devices staff/join staff/user_code staff/user_new""",
    "test_reach.py test_the_pages_are_accessible_and_small": """
        patient/reach staff/reach staff/reach_plan staff/reach_test""",
    "test_trust.py test_the_help_page_is_accessible_small_and_on_screenshots": """
        trust""",
    "test_visit.py test_the_patient_confirms_at_the_end": """
        staff/confirmations""",
    "walk.py consultation": """
        staff/consultation""",
    "walk.py notice": """
        staff/contract staff/contract_paper staff/contract_revoke""",
    "walk.py patient_pages": """
        patient/about patient/entrance patient/visit""",
    "walk.py staff_pages": """
        staff/appointment_end staff/appointment_form staff/appointments staff/audit
        staff/contract_end staff/figures staff/help staff/letter staff/organisation staff/password
        staff/patient staff/patient_choice staff/patient_end staff/patient_form staff/patients
        staff/sessions staff/start staff/users""",
}


def test_every_page_is_looked_at() -> None:
    folder = templates_folder()
    extended = {
        path.relative_to(folder).as_posix(): EXTENDS.match(path.read_text("utf-8"))
        for path in folder.rglob("*.html")
    }
    frames = {found.group(1) for found in extended.values() if found}
    pages = {name for name, found in extended.items() if found} - frames
    assert pages == {f"{name}.html" for names in LOOKED_AT.values() for name in names.split()}


@pytest.mark.parametrize("eyes", LOOKED_AT)
def test_who_looks_is_there(eyes: str) -> None:
    file, _, function = eyes.partition(" ")
    text = (HERE / file).read_text("utf-8")
    assert f"def {function}(" in text
    assert LOOKS.search(text)
