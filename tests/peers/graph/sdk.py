"""The directory API as PyPI `msgraph-sdk` sees it.

usage: python sdk.py ADDRESS TOKEN
"""

import asyncio
import sys
import uuid

from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.group import Group
from msgraph.generated.models.invitation import Invitation
from msgraph.generated.models.invited_user_message_info import InvitedUserMessageInfo
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.user import User
from msgraph.generated.users.users_request_builder import UsersRequestBuilder

ADDRESS, TOKEN = sys.argv[1:]
Query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters


class Bearer(AuthenticationProvider):
    async def authenticate_request(self, request, additional_authentication_context=None):
        request.headers.add("Authorization", f"Bearer {TOKEN}")


def asked(**options):
    configuration = RequestConfiguration(query_parameters=Query(**options))
    configuration.headers.add("ConsistencyLevel", "eventual")
    return configuration


def expect(found, expected, what):
    if found != expected:
        raise SystemExit(f"msgraph-sdk: {what}: {found!r}, not {expected!r}")


async def main():
    adapter = GraphRequestAdapter(Bearer())
    adapter.base_url = f"{ADDRESS}/v1.0"
    client = GraphServiceClient(request_adapter=adapter)
    mails = []
    page = await client.users.get(asked(top=2, orderby=["mail"], count=True))
    expect(page.odata_count, 5, "count")
    while page:
        mails.extend(user.mail for user in page.value)
        link = page.odata_next_link
        page = await client.users.with_url(link).get() if link else None
    expect(mails, [f"user{number}@fabrikam.example" for number in range(5)], "pages")
    found = await client.users.get(asked(filter="mail eq 'user4@fabrikam.example'", select=["id", "userPrincipalName"]))
    user = found.value[0]
    expect(user.user_principal_name, "user4_fabrikam.example#EXT#@contoso.example", "name")
    await client.users.by_user_id(user.id).patch(User(display_name="Una", account_enabled=False))
    read = await client.users.by_user_id(user.id).get()
    expect((read.display_name, read.account_enabled), ("Una", False), "change")
    wanted = Group(display_name="Testers", mail_nickname="testers", mail_enabled=False, security_enabled=True)
    group = await client.groups.post(wanted)
    reference = ReferenceCreate(odata_id=f"{ADDRESS}/v1.0/directoryObjects/{user.id}")
    await client.groups.by_group_id(group.id).members.ref.post(reference)
    members = await client.groups.by_group_id(group.id).members.get()
    expect([member.id for member in members.value], [user.id], "members")
    expect(type(members.value[0]), User, "type of a member")
    apps = await client.service_principals.get()
    travel = next(app for app in apps.value if app.app_id == "travel")
    given = AppRoleAssignment(
        principal_id=uuid.UUID(group.id), resource_id=uuid.UUID(travel.id), app_role_id=uuid.UUID(int=0)
    )
    made = await client.groups.by_group_id(group.id).app_role_assignments.post(given)
    expect(made.principal_type, "Group", "assignment")
    await client.users.by_user_id(user.id).revoke_sign_in_sessions.post()
    try:
        await client.users.get(asked(filter="password eq 'x'"))
        raise SystemExit("msgraph-sdk: a hostile filter was taken")
    except ODataError as error:
        expect((error.response_status_code, error.error.code), (400, "Request_BadRequest"), "fault")
    await client.groups.by_group_id(group.id).delete()
    wanted = Invitation(
        invited_user_email_address="zoe@adatum.example",
        invite_redirect_url="https://app.example/start",
        invited_user_display_name="Zoe",
        invited_user_message_info=InvitedUserMessageInfo(
            message_language="fr", cc_recipients=[Recipient(email_address=EmailAddress(address="otto@adatum.example"))]
        ),
        invited_user_sponsors=[User(id=user.id)],
        send_invitation_message=True,
    )
    invited = await client.invitations.post(wanted)
    expect((invited.status, invited.invited_user_display_name), ("PendingAcceptance", "Zoe"), "invitation")
    zoe = client.users.by_user_id(invited.invited_user.id)
    expect([sponsor.id for sponsor in (await zoe.sponsors.get()).value], [user.id], "sponsors")
    await zoe.sponsors.by_directory_object_id(user.id).ref.delete()
    await zoe.patch(User(mail="zoe.new@adatum.example", user_type="Member"))
    read = await zoe.get()
    expect((read.mail, read.user_type), ("zoe.new@adatum.example", "Member"), "another address")
    print("msgraph-sdk: all held")


asyncio.run(main())
