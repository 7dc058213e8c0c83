# English. Plain words, whole sentences, the reader is "you". A key is named by its page.
# Arguments: $app and $organization are names, $person is a name or a mail address,
# $address is what the visitor typed.

## Every page

layout-title = { $title } – { $organization }
layout-app = Signing in to { $app }
layout-footer = Sign-in service of { $organization }

## Choice of organisation

home-realm-title = Which organisation are you from?
home-realm-intro = Enter your work e-mail address. You sign in at your own organisation, and your password stays there.
home-realm-label = Work e-mail address
home-realm-hint = For example, name@organisation.example
home-realm-submit = Continue
home-realm-error-prefix = Error:
home-realm-missing = Enter your work e-mail address.
home-realm-malformed = That is not an e-mail address. Check it for typing mistakes.

## An address that leads nowhere, alike for every reason

organization-unavailable-title = No sign-in for this address
organization-unavailable-address = You entered
organization-unavailable-intro = People with this address cannot sign in here, at least not at the moment.
organization-unavailable-check = Check the address for typing mistakes. Use the one that your organisation gave you, not a private one.
organization-unavailable-ask = If it is right, ask the person who invited you which address to use.
organization-unavailable-again = Use another address

## Refusal

refused-title = You could not be signed in
refused-what = What you can do
refused-support = If you ask for help, pass on these two lines:
refused-code = Code
refused-attempt = Attempt
refused-request = Request
refused-again = Back to the app

## Signing out

sign-out-title = Sign out?
sign-out-app = { $app } asks to sign you out of { $organization }.
sign-out-plain = You are about to sign out of { $organization }.
sign-out-person = Signed in as
sign-out-yes = Sign out
sign-out-no = Stay signed in

signed-out-title = You are signed out here
signed-out-intro = This browser has no session at { $organization } any more. Apps that you opened from here will ask you to sign in again, some of them only after a while.
signed-out-elsewhere = Your own organisation may still know you, and an app may still be open in another tab. On a shared computer, sign out there too and close the browser.
signed-out-back = Back to { $app }

## Signed in already

signed-in-title = You are signed in already
signed-in-intro = This sign-in was completed a moment ago, and the page was sent again. Nothing went wrong, and nothing was done twice.
signed-in-stayed-title = You are still signed in
signed-in-stayed-intro = You chose to stay. Nothing has changed.
signed-in-next = You can close this tab, or go on in the app.
signed-in-back = Go to { $app }

## Consent

consent-title = Sign in to { $app }?
consent-intro = { $app } asks to sign you in as
consent-shared = It will receive
consent-identity = an identifier of your account, and the organisation you come from
consent-profile = your name
consent-email = your e-mail address
consent-groups = the groups you belong to here
consent-accept = Accept
consent-cancel = Cancel

## Choice of account

select-account-title = Choose an account
select-account-intro = You are signed in. With which account do you want to go on?
select-account-current = Continue as
select-account-other = Use another account
select-account-other-hint = You sign in again at your organisation

## Sending an answer once more, from our own page

resubmit-title = One more step
resubmit-intro = One step is left. If this page does not go on by itself, press the button.
resubmit-submit = Continue

## Leaving for another site

onward-title = Taking you to { $name }
onward-intro = If this page does not go on by itself, follow the link.
onward-link = Continue to { $name }

## Errors of the web server

error-reference = Request
error-support = If this happens again, pass on this line when you ask for help:
error-bad-request = This request could not be understood
    .advice = Go back to the app and start again from there.
error-not-found = There is no such page
    .advice = Check the address, or go back to the app and start again from there.
error-method = This page cannot be opened like that
    .advice = Go back to the app and start again from there.
error-timeout = That took too long
    .advice = Check your connection and try again.
error-too-large = Too much was sent
    .advice = Go back to the app and start again. If it happens again, tell the help desk of your organisation.
error-too-many-requests = Too many requests
    .advice = Wait a minute and try again.
error-internal = Something went wrong on our side
    .advice = Try again in a few minutes. It was not your fault.
error-unavailable = Not available at the moment
    .advice = Try again in a few minutes.

## Refusals, each a sentence and what to do; no reason that would help a forger

refusal-unknown-app = The app that sent you here is not known.
    .advice = Check the link that you followed, or tell the people who run the app.
refusal-redirect-uri = The app asked to send you to an address that is not registered for it.
    .advice = Do not follow the link again. Tell the people who run the app.
refusal-bad-request = The app sent a request that could not be understood.
    .advice = Go back to the app and start again. If it happens again, tell the people who run it.
refusal-attempt-expired = This sign-in took too long.
    .advice = Go back to the app and start again.
refusal-attempt-spent = This step of the sign-in was taken already.
    .advice = If the app did not open, go back to it and start again.
refusal-attempt-missing = This browser does not remember starting this sign-in.
    .advice = Start again from the app, in one browser and with cookies allowed.
refusal-partner-answer = The answer of your organisation could not be accepted.
    .advice = Start again from the app. If it happens again, tell the help desk of your organisation.
refusal-signature = The answer of your organisation could not be verified.
    .advice = Start again from the app. If it happens again, tell the help desk of your organisation.
refusal-partner-said-no = Your organisation did not sign you in.
    .advice = Start again from the app, or ask the help desk of your organisation.
refusal-partner-disabled = Sign-in from your organisation is not open at the moment.
    .advice = Ask the person who invited you.
refusal-app-disabled = This app is switched off at the moment.
    .advice = Try again later, or ask the people who run the app.
refusal-guest-blocked = Your account here is blocked.
    .advice = Ask the person who invited you.
refusal-not-invited = There is no invitation for you here.
    .advice = Ask the person you work with to invite you, and give them the address that you sign in with.
refusal-not-assigned = You are not allowed to use this app.
    .advice = Ask the person who invited you to give you access to it.
refusal-blocked-by-policy = The rules of this organisation do not let you in from here.
    .advice = Ask the person who invited you, and give them the id on this page.
refusal-mail-missing = Your organisation did not tell us your e-mail address.
    .advice = Ask the help desk of your organisation to send your e-mail address with the sign-in.
refusal-mail-domain = Your e-mail address is not one of your organisation's own.
    .advice = Ask the help desk of your organisation which address is on your account.
refusal-session-ended = Your session has ended.
    .advice = Go back to the app and sign in again.
refusal-replayed = This answer of your organisation has been used before.
    .advice = Go back to the app and start again. Do not reload this page.
refusal-factor = Your second step was not accepted.
    .advice = Start again from the app. If you have another way to prove yourself, choose that one.
refusal-factor-expired = Your second step took too long.
    .advice = Start again from the app.
refusal-factor-limited = There were too many tries.
    .advice = Choose another way to prove yourself, or wait an hour and start again from the app.
refusal-too-many-requests = Too many requests came from your network.
    .advice = Wait a minute, then start again from the app.
refusal-too-large = What was sent is too large.
    .advice = Start again from the app. If it happens again, tell the help desk of your organisation.
refusal-unavailable = Signing in is not possible at the moment.
    .advice = Try again in a few minutes.
refusal-internal = Something went wrong on our side.
    .advice = Try again in a few minutes. If it happens again, pass on the lines below.
refusal-unsolicited = Your organisation sent you here without being asked.
    .advice = Start from the app that you want to use.
refusal-subject = Your organisation did not say who you are in the way that was agreed.
    .advice = Tell the help desk of your organisation.
refusal-identity-conflict = Your account here belongs to another sign-in of your organisation.
    .advice = Ask the person who invited you to check your account.
refusal-consent-declined = You chose not to sign in to this app.
    .advice = If that was a mistake, go back to the app and start again.
refusal-context = Your organisation did not sign you in as strongly as this app asks.
    .advice = Start again and use a second factor if your organisation offers one, or ask its help desk.
refusal-encrypted = The answer of your organisation could not be read.
    .advice = Tell the help desk of your organisation.
refusal-other-account = You signed in with another account than the one this app expects.
    .advice = Sign out at your organisation, then start again with the right account.
refusal-proof-too-old = Your organisation signed you in without asking you again, which this app needs.
    .advice = Sign out at your organisation, then start again from the app.

## Mails, plain text without links

mail-code-subject = Your sign-in code for { $organization }
mail-code-intro = Somebody is signing in at { $organization } with your account. If it is you, type this code on the page where you are signing in:
mail-code-use = It can be used once, within { $minutes } minutes.
mail-code-keep = Keep it to yourself. Nobody at { $organization } will ask you for it, and it belongs on no other page.
mail-code-not-you = If you are not signing in, do not pass the code on. Somebody may have got into your account at your own organisation: tell its help desk.
mail-footer = Sent by the sign-in service of { $organization }. Nobody reads answers to this mail.
