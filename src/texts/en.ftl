# English. Plain words, whole sentences, the reader is "you". A key is named by its page.
# Arguments: $app and $organization are names, $person is a name or a mail address,
# $address is what the visitor typed.

## Every page

layout-title = { $title } – { $organization }
layout-app = Signing in to { $app }
layout-footer = Sign-in service of { $organization }
layout-error-prefix = Error:

## Choice of organisation

home-realm-title = Which organisation are you from?
home-realm-intro = Enter your work e-mail address. You sign in at your own organisation, and your password stays there.
home-realm-label = Work e-mail address
home-realm-hint = For example, name@organisation.example
home-realm-submit = Continue
home-realm-remembered = Continue with
home-realm-remembered-hint = You signed in there last time
home-realm-forget = Forget this organisation on this device
home-realm-other = Another organisation
home-realm-missing = Enter your work e-mail address.
home-realm-code = Sign in with a code by e-mail
home-realm-malformed = That is not an e-mail address. Check it for typing mistakes.

## An address that leads nowhere, alike for every reason

organization-choice-title = Which organisation is yours?
organization-choice-code = If you have signed in here by your organisation before, choose it. If you are new here, have a code sent to your address.
organization-choice-intro = Several organisations use addresses like yours. Choose the one where you sign in.

organization-unavailable-title = No sign-in for this address
organization-unavailable-address = You entered
organization-unavailable-intro = People with this address cannot sign in here, at least not at the moment.
organization-unavailable-check = Check the address for typing mistakes. Use the one that your organisation gave you, not a private one.
organization-unavailable-ask = If it is right, ask the person who invited you which address to use.
organization-unavailable-link = If you were invited by e-mail, use the link of that e-mail: it also works with another account that you have.
organization-unavailable-again = Use another address

## Sign-in by a code that is mailed, alike whether there is an account

sign-in-code-offer-title = Sign in with a code by e-mail
sign-in-code-offer-intro = We know no organisation that signs you in with this address. If you were invited with it, we can mail you a code instead.
sign-in-code-address = You entered
sign-in-code-check = Use the address with which you were invited, and check it for typing mistakes. If you were not invited, no mail comes: ask the person you work with to invite you.
sign-in-code-title = Enter the code from the e-mail
sign-in-code-intro = If you were invited with this address, a code is on its way to it. It may take a minute to arrive. Look among the unwanted mail, too.
sign-in-code-late = You can have another code a minute after the last one, and five in an hour. The newest one counts.
sign-in-code-wrong = That code is not right, or it was tried too often. Take the one from the newest e-mail, or have another one sent.

## Invitations

invited-title = You are invited by { $organization }
invited-intro = { $organization } invites you to work with it. You sign in with your own account, and your password stays where it is.
invited-by = Invited by
invited-address = Invited address
invited-next = Nothing happens before you go on and agree.
invited-submit = Go on
invited-not-you = If you do not know who invites you, close this page. Nothing has been done.
agree-title = Work with { $organization }?
agree-intro = You were invited to { $organization }. If you agree, there is an account for you there.
agree-person = Account for
agree-partner = Signed in with
agree-by-code = a code in an e-mail to this address
agree-shared = It will know
agree-name = your name
agree-mail = your e-mail address
agree-identifiers = identifiers of your account, and the organisation you come from
agree-privacy = What { $organization } says of privacy
agree-no-privacy = { $organization } has not said how it deals with privacy.
agree-contact = Questions about privacy go to
agree-accept = Accept
agree-cancel = Cancel
agree-later = If you cancel, nothing changes, and you can open the link again.

## Access panel

panel-title = Your apps
panel-none = There are no apps for you here yet. Ask the person who invited you to give you access to one.
panel-elsewhere = Open it at its own address
panel-people = People you work with
panel-invite = Invite somebody
panel-account = Your account here
panel-security = Your second step
panel-sign-out = Sign out
panel-leave = Leave { $organization }
leave-title = Leave { $organization }?
leave-intro = Your account at { $organization } ends at once, and you can open none of its apps any more. Your account at your own organisation is not touched.
leave-back-later = For 30 days it can be restored: ask the person who invited you. After that you need a new invitation.
leave-submit = Leave
leave-stay = Stay
left-title = You have left
left-intro = Your account at { $organization } has ended, and you are signed out here. Apps that are still open may let you go on for a while.
left-again = For 30 days it can be restored: ask the person who invited you.

## Inviting

invite-title = Invite a guest
invite-intro = { $organization } mails the invitation. Your guest signs in with their own account, and gets what you choose here and nothing else.
invite-address = Work e-mail address
invite-address-hint = The address at their own organisation
invite-name = Name
invite-name-hint = If you leave it empty, their organisation says it
invite-apps = Apps
invite-apps-hint = What your guest can open once they have accepted
invite-message = Message
invite-message-hint = Plain text, at most { $most } characters. It stands in the invitation.
invite-language = Language of the invitation
invite-language-usual = As usual here
invite-language-en = English
invite-language-fr = Français
invite-language-nl = Nederlands
invite-language-de = Deutsch
invite-submit = Send the invitation
invite-back = Your apps
invite-several = Several guests at once
invite-by-file = Invite the guests of a CSV file
guest-invited-title = The invitation is on its way
guest-invited-new = It takes a minute or so to arrive. You can invite the same person again at any time, and they get another link.
guest-invited-again-title = Another invitation is on its way
guest-invited-again = The person was invited before and has not accepted. Their account is the same, and what you chose is added to it.
guest-invited-here-title = Your guest is here already
guest-invited-here = The person has accepted an invitation before. What you chose is theirs at once, and a mail tells them so.
guest-invited-before-title = This invitation was sent before
guest-invited-before = The form came a second time, perhaps by loading this page again. Nobody was invited twice.
guest-invited-address = Invited
guest-invited-link = The link of the invitation
guest-invited-link-hint = If the mail does not arrive, you can hand this link over yourself. Whoever has it can accept the invitation: give it to nobody else.
guest-invited-next = Invite another guest

## Inviting by a file

invite-files-title = Invite the guests of a file
invite-files-intro = Save your table as CSV and choose it here. The first line has the names of the columns, and each line below invites one guest to { $organization }.
invite-files-label = CSV file
invite-files-hint = At most { $rows } rows and { $size } MB, saved as “CSV UTF-8”
invite-files-submit = Look it through
invite-files-one = Invite one guest
invite-files-nothing = Nothing is sent yet: you see first what would be done.
invite-files-columns = Columns
invite-column-email = the address, required
invite-column-name = the name, required
invite-column-text = your message
invite-column-apps = ids of apps, divided by blanks
invite-column-language = of the invitation, such as fr
invite-files-own = Your files
job-running = at work
job-stopped = stopped
job-held = stopped by an administrator
job-finished = done
invite-preview-title = What would be done
invite-preview-file = File
invite-preview-good = To be invited
invite-preview-skipped = Passed over
invite-preview-failed = Not invited
invite-preview-all = Everybody in the file can be invited. Nothing has been sent yet.
invite-preview-some = Nothing has been sent yet. Put the lines below right in your file and choose it again, or go on without them.
invite-preview-nobody = Nobody in this file can be invited. Put the lines below right, and choose it again.
invite-preview-confirm = Invite { $count }
invite-preview-cancel = Choose another file
invite-preview-faults = Lines that invite nobody
invite-preview-line = Line
invite-preview-what = What is wrong
invite-preview-is-skipped = Passed over
invite-preview-more = { $count } more lines invite nobody. The report names all of them.
bulk-job-running-title = The invitations are being made
bulk-job-stopped-title = The file was stopped
bulk-job-finished-title = The file is done
bulk-job-done = { $done } of { $rows } rows are done
bulk-job-state = State
bulk-job-invited = Invited
bulk-job-skipped = Passed over
bulk-job-failed = Not invited
bulk-job-again = You can close this page: the work goes on. It loads itself again while it does.
bulk-job-reload = Load it now
bulk-job-held = An administrator has stopped this file, and can let it go on.
bulk-job-stop = Stop
bulk-job-resume = Go on
bulk-job-report = Report
bulk-job-report-hint = Your table, and behind each row what became of it, with the link of the invitation. Whoever has a link can accept the invitation: keep the report to yourself.
bulk-job-download = Download the report
bulk-job-back = Your files
bulk-job-rows = See each row
bulk-rows-title = What became of each row
bulk-rows-which = Rows that are shown
bulk-rows-all = All
bulk-rows-invited = Invited
bulk-rows-skipped = Passed over
bulk-rows-failed = Not invited
bulk-rows-line = Line
bulk-rows-address = Address
bulk-rows-outcome = What became of it
bulk-rows-waiting = Not done yet
bulk-rows-none = There are no such rows.
bulk-rows-first = To the first rows
bulk-rows-next = Further rows
bulk-rows-back = Back to the file
invite-fault-disabled = You may not invite guests here any more. Ask an administrator.
invite-fault-not-allowed = You may not give this. Leave it out, or ask an administrator.
invite-fault-domain = Addresses of { $domain } may not be invited here.
invite-fault-consumer = { $domain } gives addresses to everybody, and such are not invited here. Use the address at the person’s company.
invite-fault-own = { $domain } belongs to this organisation, whose people need no invitation.
invite-fault-conflict = This address belongs to another account here. Ask an administrator.
invite-fault-characters = The address has characters that cannot be invited. Check it for typing mistakes.
invite-fault-address = That is not an e-mail address. Check it for typing mistakes.
invite-fault-redirect = The address to go to afterwards is no https address that may be used here.
invite-fault-name = The name is too long or has characters that cannot be seen.
invite-fault-language = This language is not known.
invite-fault-message = The message is longer than { $most } characters or has characters that cannot be seen.
invite-fault-copy = There can be one address for a copy, and it must be an e-mail address.
invite-fault-given = At most { $most } can be given with one invitation.
invite-fault-app = There is no app { $name }.
invite-fault-group = There is no group { $name }.
invite-fault-blocked = This account is blocked. Ask an administrator.
invite-fault-links = The person has several links that nobody has followed. Ask an administrator to begin anew.
invite-fault-other = This cannot be done now. Ask an administrator.
row-fault-known = The person is here already.
row-fault-cells = The row has more cells than there are columns. Put a cell with a comma in it in quotation marks.
row-fault-missing = { $heading } is empty.
row-fault-example = This is the example of the template. Remove it.
row-fault-address = { $heading } is not an e-mail address that can be invited.
row-fault-language = The language { $found } is not known.
row-fault-switch = { $found } is neither true nor false.
row-fault-duplicate = The address stands in line { $line } already.
file-fault-none = Choose a file.
file-fault-gone = That file has waited for too long, or was taken already. Choose it again.
file-fault-empty = The file has no rows below the names of the columns.
file-fault-large = The file is larger than { $most } MB. Divide it.
file-fault-kind = That is not a CSV file. Save your table as “CSV UTF-8” and choose that file.
file-fault-encoding = Line { $line } is not UTF-8. Save your table as “CSV UTF-8”.
file-fault-control = Line { $line } has a character that cannot be seen. Remove it.
file-fault-quoting = The quotation marks in line { $line } do not fit. Write a quotation mark within a cell twice, and put the cell in quotation marks.
file-fault-version = The version of the template is not known. Use the template unchanged.
file-fault-heading = The column { $heading } is missing.
file-fault-unknown = The column { $heading } is not known. Take it out, or correct its name.
file-fault-doubled = Two columns are called { $heading }. Keep one.
file-fault-rows = The file has more than { $most } rows. Divide it.
file-fault-too-many = Too many of your files are at work, or you have handed in too many today. Wait until one is done, or come again tomorrow.

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
consent-chosen = what this organisation has chosen to tell it of you
consent-accept = Accept
consent-cancel = Cancel

## Second factor: which way

factor-way-title = One more step
factor-way-app = { $app } asks for a second proof that it is you, beside the sign-in at your organisation.
factor-way-plain = This page asks for a second proof that it is you, beside the sign-in at your organisation.
factor-before-title = First, prove that it is you
factor-before-intro = You need another second step for this. Before you set it up, use one that you have.
factor-setup-title = Set up a second step
factor-setup-app = { $app } asks for a second proof that it is you, beside the sign-in at your organisation. You set it up once.
factor-setup-plain = A second step protects your account here, also from somebody who knows your password.
factor-way-have = Use what you have
factor-way-new = Set up something new
factor-pass-passkey = Use your passkey
factor-pass-passkey-hint = With your finger, your face, a PIN or a security key
factor-pass-totp = Use your authenticator app
factor-pass-totp-hint = You type the code that it shows
factor-pass-mail = Get a code by e-mail
factor-pass-mail-hint = You type the code that we send you
factor-pass-recovery = Use a recovery code
factor-pass-recovery-hint = One of the codes that you kept
factor-new-passkey = Set up a passkey
factor-new-passkey-hint = With your finger, your face, a PIN or a security key. Nobody can trick you out of it.
factor-new-totp = Set up an authenticator app
factor-new-totp-hint = An app on your phone shows a code that you type
factor-lost = If you have lost all of them, ask the person who invited you to have your second step reset.
factor-person = You are signed in as
factor-other = Use another way
factor-passkey = Passkey
factor-totp = Authenticator app

## Second factor: codes

factor-code-submit = Continue
factor-totp-title = Enter the code from your app
factor-totp-intro = Open your authenticator app. It shows a code for { $organization }.
factor-totp-label = Code from your authenticator app
factor-totp-hint = Six digits. A new code comes every 30 seconds.
factor-send-title = Get a code by e-mail
factor-send-intro = We send a code to { $address }. You type it on the next page.
factor-send-submit = Send the code
factor-mail-title = Enter the code from the e-mail
factor-mail-intro = We have sent a code to { $address }. It may take a minute to arrive. Look among the unwanted mail, too.
factor-mail-label = Code from the e-mail
factor-mail-hint = Eight digits. It is good for 30 minutes.
factor-mail-again = Send another code
factor-recovery-title = Enter a recovery code
factor-recovery-intro = Take one of the codes that you kept when you set up your second step. Each of them works once.
factor-recovery-label = Recovery code
factor-recovery-hint = 16 letters and digits. Hyphens and small letters do not matter.

## Second factor: passkeys

factor-passkey-title = Use your passkey
factor-passkey-intro = Your browser asks for your finger, your face, a PIN or a security key.
factor-passkey-submit = Use passkey
factor-passkey-setup-title = Set up a passkey
factor-passkey-setup-intro = Your browser asks where to keep the passkey, and for your finger, your face or a PIN. Next time, that is your second step.
factor-passkey-setup-submit = Create passkey
factor-passkey-no-script = Passkeys need JavaScript, which is switched off in this browser. Switch it on for this site and start again, or use another way.
factor-passkey-failed = The passkey was not used. Try again, or use another way.
factor-passkey-setup-failed = No passkey was created. Try again. If this device has one for this site already, take another device.
factor-passkey-unsupported = This browser cannot use passkeys. Take another browser, or use another way.

## Second factor: setting up an authenticator app

factor-app-title = Set up an authenticator app
factor-app-install = Open an authenticator app on your phone. Any will do; if you have none, install one from the app store of your phone.
factor-app-scan = Add an account in the app, and scan this picture with it.
factor-app-picture = QR code for your authenticator app. The same key stands below it, for typing.
factor-app-key = If you cannot scan it, type this key into the app:
factor-app-confirm = The app now shows a code. Type it here.
factor-label = Name
factor-label-hint = So that you recognise it later, such as “My phone”

## Second factor: recovery codes

recovery-title = Keep your recovery codes
recovery-intro = If you lose your phone or passkey, each of these codes lets you in once. Write them down or print this page, and keep it where nobody else looks. You will not see them again.
recovery-for = Recovery codes of { $person } for { $organization }
recovery-kept = I have kept them

## Second factor: what was wrong

slip-totp-malformed = Enter the six digits that your app shows.
slip-mail-malformed = Enter the eight digits from the e-mail.
slip-recovery-malformed = Enter a code of 16 letters and digits.
slip-totp-wrong = That code is not right. Take the one for { $organization }, and see that the clock of your phone is right.
slip-mail-wrong = That code is not right. Take the one from the newest e-mail.
slip-recovery-wrong = That code is not right, or it was used before.
slip-used = That code was used before. Wait until your app shows the next one.
slip-spent = That code is no longer good. Have another one sent.
slip-wait = There were too many tries. Wait { $wait }, or use another way.
slip-sent-already = A code was sent a moment ago. You can have another one in { $wait }.
slip-not-sent = The e-mail could not be sent. Try again in a few minutes, or use another way.
slip-passkey-refused = That passkey was not accepted. Try again, or use another way.
slip-passkey-missing = Your browser gave no passkey. Try again, or use another way.
slip-passkey-late = That took too long. Try again.
slip-passkey-known = That passkey is set up here already. Take another one.
wait-minute = one minute
wait-minutes = { $count } minutes
slip-support = If you ask for help, pass on this line:
slip-attempt = Attempt

## One's own second factors

security-title = Your second step
security-intro = With these you prove that it is you, beside the sign-in at your organisation.
security-none = You have set up nothing yet.
security-none-mail = You have set up nothing yet. Where a second step is needed, we send you a code by e-mail.
security-list = What you have set up
security-kind = Kind
security-added = Added
security-used = Last used
security-never = Never
security-rename = Rename
security-rename-which = Rename { $label }
security-remove = Remove
security-remove-which = Remove { $label }
security-add = Add another
security-add-first = Set it up
security-fresh = To set something up, you must have signed in within the last ten minutes. Sign out here, sign in again from your app, and come back to this page.
security-fresh-out = Sign out
security-full = You have set up as many as there can be. Remove one to add another.
security-codes = Recovery codes
security-codes-left = You have { $count } left. If you lose your phone or passkey, one of them lets you in.
security-codes-none = You have none left. If you lose your phone or passkey, nothing else lets you in.
security-codes-new = Make new codes
security-codes-hint = The codes that you have then no longer work.
security-done-renamed = It has its new name.
security-done-removed = It is removed.
security-out-title = You are not signed in here
security-out-intro = To see your second step, sign in to one of your apps first. Then come back to this page in the same browser.
security-rename-title = Rename your second step
security-rename-label = New name
security-rename-hint = At most 64 characters
security-rename-malformed = Enter a name of at most 64 characters.
security-rename-submit = Save
security-remove-title = Remove { $label }?
security-remove-intro = You can then no longer prove with it that it is you.
security-remove-last = It is the only one that you have. Your recovery codes go with it, and you set up a new second step when one is needed.
security-remove-submit = Remove
security-back = Keep everything as it is

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
handover-title = Taking you to { $name }
handover-intro = If this page does not go on by itself, press the button.
handover-submit = Continue to { $name }

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
refusal-app-request = The app sent a request that cannot be answered.
    .advice = Go back to the app and sign in again. If it happens again, tell the people who run the app.
refusal-app-signature = The request of the app could not be verified.
    .advice = Go back to the app and sign in again. If it happens again, tell the people who run the app.
refusal-request-replayed = This request of the app has been answered already.
    .advice = Go back to the app. If you are not signed in there, sign in again.
refusal-name-id = The app asks for a name of yours that cannot be given to it.
    .advice = Tell the people who run the app, with the code below.
refusal-partner-not-accepted = The app does not accept sign-ins of your organisation.
    .advice = Sign in with an account of another organisation, or ask the people who run the app.
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
refusal-mail-unverified = Your organisation says that your e-mail address is not verified.
    .advice = Ask the help desk of your organisation to verify the address on your account.
refusal-partner-unreachable = The sign-in service of your organisation did not answer us.
    .advice = Try again in a few minutes. If it goes on, tell the help desk of your organisation.
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
refusal-link-invalid = This link no longer leads anywhere.
    .advice = Ask the person who invited you for a new one. If you have accepted an invitation of this organisation with another address, you need no other: go to the app, and sign in with the account that you used.
refusal-domain-blocked = This organisation does not let in people with your address.
    .advice = Ask the person who invited you.
refusal-leave-not-allowed = You cannot end your account here yourself.
    .advice = Ask an administrator of this organisation to remove it.
refusal-invite-disabled = You may not invite guests here.
    .advice = Ask an administrator of this organisation whom you may ask instead.
refusal-code-wrong = That code was not right.
    .advice = Start again from the app, and take the code from the newest e-mail.
refusal-code-expired = That code is no longer good.
    .advice = Start again from the app, and have another code sent.
refusal-code-disabled = Sign-in with a code by e-mail is switched off here.
    .advice = Ask the person who invited you how you can sign in.
refusal-code-throttled = Too many codes were asked for or tried, from your network or for this e-mail address.
    .advice = Wait a few minutes, then start again from the app.
refusal-no-method = People with this address cannot sign in here, at least not at the moment.
    .advice = If you were invited by e-mail, use the link of that e-mail. Otherwise ask the person who invited you which address to use.
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

## Mail: code, plain text without links

mail-code-subject = Your sign-in code for { $organization }
mail-code-intro = Somebody is signing in at { $organization } with your account. If it is you, type this code on the page where you are signing in:
mail-code-use = It can be used once, within { $minutes } minutes.
mail-code-keep = Keep it to yourself. Nobody at { $organization } will ask you for it, and it belongs on no other page.
mail-code-not-you = If you are not signing in, do not pass the code on. Somebody may have got into your account at your own organisation: tell its help desk.
mail-sign-in-intro = Somebody wants to sign in at { $organization } with this e-mail address. If it is you, type this code on the page where you are signing in:
mail-sign-in-not-you = If it is not you, there is nothing to do: without the code, nobody gets in with your address.
mail-footer = Sent by the sign-in service of { $organization }. Nobody reads answers to this mail.

## Mail: invitation. Every language has every key of this section.
# $inviter is a name or a mail address, $domain the organisation's mail domain, $host where the link leads first,
# $target where it leads in the end, $address to whom the mail goes.

mail-invite-sender = Invitations on behalf of { $organization }
mail-invite-subject = { $inviter } invited you to access applications within their organisation
mail-invite-subject-organization = { $organization } invited you to access its applications
mail-invite-warning = Act on this mail only if you know who invites you. Such mails are imitated to deceive people. If you did not expect it, ask the person or the organisation in another way, or delete it.
mail-invite-who = { $inviter } invites you to use applications of { $organization } ({ $domain }).
mail-invite-who-organization = { $organization } ({ $domain }) invites you to use its applications.
mail-invite-contact = Mail address of the inviter: { $mail }
mail-invite-message = Message from { $inviter }:
mail-invite-where = The link leads to { $host }, where you sign in with your own organisation, and from there to { $target }.
mail-invite-accept = Accept the invitation
mail-invite-accept-link = To accept the invitation, open this address:
mail-invite-again = You can use the same link later to come back.
mail-invite-done = You need not accept anything: you have access already. You find the applications at { $target }.
mail-invite-privacy = Privacy statement of { $organization }
mail-invite-privacy-none = { $organization } has given no privacy statement.
mail-invite-block = Block future invitations
mail-invite-block-link = To block future invitations from { $organization }, open this address:
mail-invite-footer = This mail was sent to { $address } by the sign-in service of { $organization }.

## Mail: a file of invitations is done. Every language has every key of this section.
# $file is how the file is called, $address to whom the mail goes, the others are counts.

mail-bulk-subject = Your file of invitations for { $organization } is done
mail-bulk-intro = All rows of your file { $file } are done.
mail-bulk-invited = Invited: { $invited }
mail-bulk-skipped = Passed over: { $skipped }
mail-bulk-failed = Not invited: { $failed }
mail-bulk-link = To see what became of each row, sign in and then open this address:
mail-bulk-open = See each row
mail-bulk-footer = This mail was sent to { $address } by the sign-in service of { $organization }, because the file was handed in with your account.

## The page of the link in a mail, which blocks invitations

mail-block-title = Invitations by mail
mail-block-address = Address
mail-block-open = { $organization } may send invitations to this address.
mail-block-blocked = You have blocked invitations from { $organization } to this address. None is sent.
mail-block-what = If you block them, no invitation from { $organization } reaches this address any more. An account that you have stays, and codes for signing in still come. You can take it back here with the same link.
mail-block-block = Block invitations
mail-block-unblock = Allow invitations again
