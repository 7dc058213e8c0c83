// The directory API as npm `@microsoft/microsoft-graph-client` sees it.
//
// usage: node client.mjs ADDRESS TOKEN
import assert from "node:assert/strict";
import { BatchRequestContent, Client, HTTPMessageHandler } from "@microsoft/microsoft-graph-client";

const [address, token] = process.argv.slice(2);
// Its own handler shows tokens to https alone; the gateway of the tests is on loopback.
class Bearer {
  constructor(next) { this.next = next; }
  async execute(context) {
    const headers = new Headers(context.options?.headers);
    headers.set("Authorization", `Bearer ${token}`);
    context.options = { ...context.options, headers };
    await this.next.execute(context);
  }
}
const middleware = new Bearer(new HTTPMessageHandler());
const client = Client.initWithMiddleware({ baseUrl: address, defaultVersion: "v1.0", middleware });

let page = await client.api("/users").top(2).select(["id", "mail"]).orderby("mail").get();
assert.equal(page.value.length, 2);
const all = [];
for (;;) {
  all.push(...page.value.map((user) => user.mail));
  const link = page["@odata.nextLink"];
  if (!link) break;
  // Whole addresses must be https for it, too.
  assert.ok(link.startsWith(`${address}/v1.0/`));
  page = await client.api(link.slice(`${address}/v1.0`.length)).get();
}
assert.deepEqual(all, [0, 1, 2, 3, 4].map((number) => `user${number}@fabrikam.example`));

const found = await client.api("/users").filter("startswith(mail,'user3')").get();
const user = found.value[0];
assert.equal(user.userPrincipalName, "user3_fabrikam.example#EXT#@contoso.example");
const counted = await client.api("/users").header("ConsistencyLevel", "eventual").count(true).search('"mail:user"').get();
assert.equal(counted["@odata.count"], 5);

await client.api(`/users/${user.id}`).patch({ displayName: "Uma", companyName: "Fabrikam" });
assert.equal((await client.api(`/users/${user.id}`).get()).displayName, "Uma");

const group = await client.api("/groups").post({
  displayName: "Auditors", mailNickname: "auditors", mailEnabled: false, securityEnabled: true,
});
await client.api(`/groups/${group.id}/members/$ref`).post({ "@odata.id": `${address}/v1.0/directoryObjects/${user.id}` });
assert.deepEqual((await client.api(`/groups/${group.id}/members`).get()).value.map((one) => one.id), [user.id]);

const apps = (await client.api("/servicePrincipals").get()).value;
const travel = apps.find((app) => app.appId === "travel");
const assignments = `/users/${user.id}/appRoleAssignments`;
const given = await client.api(assignments).post({
  principalId: user.id, resourceId: travel.id, appRoleId: "00000000-0000-0000-0000-000000000000",
});
assert.equal(given.resourceDisplayName, "Travel");
await client.api(`${assignments}/${given.id}`).delete();

const batch = new BatchRequestContent([
  { id: "1", request: new Request(`${address}/v1.0/users?$top=1`, { method: "GET" }) },
  { id: "2", request: new Request(`${address}/v1.0/nothing`, { method: "GET" }) },
]);
const content = await batch.getContent();
// The client makes whole addresses of it; those of a batch are below the version.
for (const request of content.requests) request.url = request.url.replace(/^.*\/v1\.0/, "");
const answer = await client.api("/$batch").post(content);
assert.deepEqual(answer.responses.map((one) => [one.id, one.status]), [["1", 200], ["2", 404]]);

const invitation = { invitedUserEmailAddress: "user1@fabrikam.example", inviteRedirectUrl: "https://app.example/start" };
const once = { "Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"' };
const invited = await client.api("/invitations").headers(once).post(invitation);
assert.equal(invited.status, "PendingAcceptance");
assert.deepEqual(await client.api("/invitations").headers(once).post(invitation), invited);
await client.api(`/users/${invited.invitedUser.id}/sponsors/$ref`).post({ "@odata.id": `${address}/v1.0/users/${user.id}` });
assert.deepEqual((await client.api(`/users/${invited.invitedUser.id}/sponsors`).get()).value.map((one) => one.id), [user.id]);

await assert.rejects(client.api("/users").filter("password eq 'x'").get(), (error) => {
  assert.deepEqual([error.statusCode, error.code], [400, "Request_BadRequest"]);
  assert.match(error.message, /password/);
  return true;
});
await client.api(`/groups/${group.id}`).delete();
console.log("@microsoft/microsoft-graph-client: all held");
