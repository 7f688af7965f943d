from django.urls import path

from chengshao.people.pages import logs, session, staff, tables, units

app_name = "people"
urlpatterns = [
    path("sign-in", session.sign_in, name="sign_in"),
    path("sign-in/demo", session.sign_in_demo, name="sign_in_demo"),
    path("sign-out", session.sign_out, name="sign_out"),
    path("password", session.password, name="password"),
    path("preferences", session.preferences, name="preferences"),
    path("units/", units.units, name="units"),
    path("units/new", units.new_unit, name="new_unit"),
    path("units/<int:unit_id>/", units.unit, name="unit"),
    path("units/<int:unit_id>/roles/<int:unit_role_id>/end", units.end_unit_role, name="end_role"),
    path("units/<int:unit_id>/shifts/<int:duty_id>/end", units.end_shift, name="end_shift"),
    path("units/<int:unit_id>/<slug:command>", units.change_unit, name="change_unit"),
    path("staff/", staff.staff, name="staff"),
    path("staff/new", staff.new_account, name="new_account"),
    path("staff/<int:user_id>/", staff.account, name="account"),
    path("staff/<int:user_id>/password", staff.issue_password, name="issue_password"),
    path("staff/<int:user_id>/close", staff.close_account, name="close_account"),
    path("staff/<int:user_id>/reopen", staff.reopen_account, name="reopen_account"),
    path("appointments/<int:appointment_id>/end", staff.end_appointment, name="end_appointment"),
    path("machines/", staff.machines, name="machines"),
    path("machines/<int:user_id>/token", staff.issue_token, name="issue_token"),
    path("tokens/<int:token_id>/revoke", staff.revoke_token, name="revoke_token"),
    path("logs/contacts", logs.contact_log, name="contact_log"),
    path("logs/look-ups", logs.look_up_log, name="look_up_log"),
    path("logs/accounts", logs.account_log, name="account_log"),
    path("logs/sign-ins", logs.sign_in_log, name="sign_in_log"),
    path("people/tables/", tables.tables, name="tables"),
    path("people/tables/<slug:name>", tables.table, name="table"),
]
