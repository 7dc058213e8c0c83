# English, for administrators at the command line: what a cause of refusal means, on whose side the
# fault is, and what to do. A key is `advice-` and the cause, with `-` for `_`.
# Arguments: $public_url is ours, $partner and $app are slugs. A sentence that needs one of them also
# reads well with the word that stands in where it is unknown.

advice-otherwise = There is no advice for this cause. Look for the attempt or request id in the log.

## Sentences that several causes share

shared-altered = The message was changed on its way, or made by somebody other than the partner. One such message is an attack or a broken proxy; if every sign-in of { $partner } fails like this, its identity provider signs or changes what it sends in a way that is not accepted here.
shared-profile = The identity provider of { $partner } signs in a way that is outside the accepted profile: one enveloped XML signature, exclusive canonicalisation, SHA-256 or SHA-512, RSA of 2048 bits or ECDSA P-256. Ask it to use its defaults for SAML 2.0 with RSA-SHA256.
shared-malformed = The message of { $partner } does not follow the SAML 2.0 schema. Ask its administrators for the version and set-up of their identity provider, and judge a captured response with `entente explain`.
shared-oversized = The message of { $partner } is larger than is accepted. Ask it to send fewer attributes and groups, or only those that belong to this service.
shared-not-plain-xml = The message of { $partner } holds XML that no identity provider needs and that attacks use. If every sign-in fails like this, ask its administrators what rewrites the message.
shared-clock = Compare the clocks of both sides with a time server first. If the partner's clock cannot be set right, raise `clock_skew` of { $partner }, at most to 300 seconds.
shared-registration = Ask { $partner } to import { $public_url }/saml/sp/metadata again instead of typing addresses by hand.
shared-own-fault = This is a fault of the gateway, not of the partner or the app. Look for the attempt id in the log and report it.
shared-browser = Nothing has to be set. The person starts again from the app.

## The document

advice-too-large = { shared-oversized }
advice-not-utf8 = The message of { $partner } is not UTF-8. Ask it to send UTF-8.
advice-encoding-not-utf8 = The message of { $partner } names another encoding than UTF-8. Ask it to send UTF-8.
advice-xml-version-not-1-0 = The message of { $partner } is not XML 1.0. { shared-malformed }
advice-lone-carriage-return = { shared-altered }
advice-doctype = { shared-not-plain-xml } A document type declaration is never accepted.
advice-comment = { shared-not-plain-xml } A comment inside a message is never accepted.
advice-processing-instruction = { shared-not-plain-xml } A processing instruction inside a message is never accepted.
advice-entity-reference = { shared-not-plain-xml } References to entities are never accepted.
advice-character-reference = { shared-not-plain-xml } It refers to a character that XML forbids.
advice-too-deep = { shared-oversized } Its elements are nested too deep.
advice-too-many-elements = { shared-oversized } It has too many elements.
advice-too-many-attributes = { shared-not-plain-xml } One element has more XML attributes than are accepted.
advice-too-many-namespaces = { shared-not-plain-xml } It declares more namespaces than are accepted.
advice-too-many-ids = { shared-not-plain-xml } It holds more identifiers than are accepted.
advice-name-too-long = { shared-not-plain-xml } A name in it is longer than is accepted.
advice-name-malformed = { shared-malformed }
advice-namespace-declaration = { shared-not-plain-xml } It declares a namespace that XML reserves.
advice-namespace-relative = { shared-not-plain-xml } It declares a namespace by a relative address.
advice-duplicate-attribute = { shared-malformed }
advice-id-malformed = { shared-malformed }
advice-two-ids-on-element = { shared-altered }
advice-duplicate-id = { shared-altered } The same identifier stands on two elements, as it does in signature wrapping.
advice-malformed-xml = The message of { $partner } is not well-formed XML. Check whether it was cut on its way, for example by a proxy that limits request bodies to less than 1 MB.
advice-scan-disagrees = { shared-altered }
advice-element-twice = { shared-malformed } An element that may stand once stands twice.

## How the response is built

advice-message-not-a-response = { $partner } sent another SAML message than a Response to { $public_url }/saml/sp/acs. Ask it to send answers to authentication requests there, and nothing else.
advice-message-of-saml-1 = { $partner } answered with SAML 1. Ask it to set up this service for SAML 2.0.
advice-message-not-saml = What { $partner } posted is no SAML message. Ask it for the protocol that it has set up for this service: it must be SAML 2.0 web browser SSO.
advice-several-assertions = { shared-altered } A response must hold exactly one assertion.
advice-assertion-misplaced = { shared-altered } The assertion stands in a place where none belongs, as it does in signature wrapping.
advice-response-misplaced = { shared-altered } A response stands inside the response, as it does in signature wrapping.
advice-signature-misplaced = { shared-altered } The signature stands in a place where none belongs, as it does in signature wrapping.
advice-assertion-encrypted = { $partner } encrypts its assertions, which is not agreed with it. Either ask it to switch assertion encryption off for this service, since the connection is protected by TLS (in ADFS: `Set-AdfsRelyingPartyTrust -EncryptClaims $false`), or set `encryption = "accepted"` for it and give it { $public_url }/saml/sp/metadata/encryption.
advice-name-id-encrypted = { $partner } encrypts the NameID, which is not agreed with it. Ask it to switch NameID encryption off for this service.
advice-attribute-encrypted = { $partner } encrypts attributes, which is not agreed with it. Ask it to switch attribute encryption off for this service.
advice-assertion-absent = { $partner } says that the sign-in succeeded and sends no assertion. Ask its administrators for the log of their identity provider at this time.
advice-element-missing = { shared-malformed } A required element is missing; the evidence names it.
advice-element-unexpected = { shared-malformed } An element stands out of place; the evidence names it.
advice-xml-attribute-missing = { shared-malformed } A required XML attribute is missing; the evidence names it.
advice-time-malformed = { shared-malformed } A time in it is not of the form `2026-11-20T10:00:00Z`.
advice-value-malformed = { shared-malformed } A value in it has the wrong form.
advice-value-too-long = { shared-oversized } One value is longer than is accepted.
advice-attributes-too-many = { shared-oversized } It states more attributes or values than are accepted.

## What is encrypted

shared-adfs-encryption = ADFS encrypts by AES-256-CBC whatever our metadata lists, so it must sign the response too: `Set-AdfsRelyingPartyTrust -TargetName NAME -SamlResponseSignature MessageAndAssertion`.
shared-encryption-metadata = Ask { $partner } to import { $public_url }/saml/sp/metadata/SLUG again, by its slug, which holds our current certificate and the algorithms that are read: AES-256-GCM or AES-128-GCM with RSA-OAEP.

advice-assertion-not-encrypted = The record of { $partner } says `encryption = "required"`, and it sent an assertion in the clear. { shared-encryption-metadata } In ADFS: `Set-AdfsRelyingPartyTrust -TargetName NAME -EncryptClaims $true` with our certificate as `-EncryptionCertificate`. { shared-adfs-encryption }
advice-assertion-undecryptable = The encrypted assertion of { $partner } does not open, or what is inside is not one assertion that stands by itself, with nothing in it that is encrypted again. Most often it was encrypted to another certificate than ours. { shared-encryption-metadata } In ADFS, compare the thumbprint that `Get-AdfsRelyingPartyTrust` shows for `EncryptionCertificate`. If the certificate is ours, the message was changed on its way, or somebody tries to find out what is inside another one; why exactly it failed is not told to anybody, on purpose.
advice-encryption-cbc-unsigned = { $partner } encrypts by AES-CBC and does not sign the response around it, so whoever holds the message could alter what is inside. Ask it to encrypt by AES-256-GCM, or to sign the response beside the assertion. { shared-adfs-encryption }
advice-encryption-algorithm-refused = { $partner } encrypts by an algorithm that is not read, such as Triple DES. Ask it for AES-256-GCM. { shared-encryption-metadata } { shared-adfs-encryption }
advice-key-transport-refused = { $partner } wraps the content key by a method that is not read, such as RSA 1.5 (`rsa-1_5`) or a key that is agreed. Ask it for RSA-OAEP, the default of ADFS, Shibboleth and Keycloak.
advice-oaep-pair-refused = { $partner } uses RSA-OAEP with a digest and a mask generation function that do not match. Ask it for `rsa-oaep-mgf1p` with SHA-1, its usual form, or `rsa-oaep` of XML Encryption 1.1 with SHA-256 for both; in Shibboleth and Keycloak this is the setting of the key transport digest.
advice-encrypted-key-unclear = The encrypted assertion of { $partner } holds no wrapped key for us, or more than one that could be. Ask it to encrypt for this service alone, or to name the receiver of each key (`Recipient`) by our entity ID { $public_url }/saml/sp.
advice-encryption-malformed = The encrypted assertion of { $partner } is not built as XML Encryption has it: one EncryptedData of a whole element with its ciphertext in the message, nothing that must be fetched or transformed. Ask its administrators for the version and set-up of their identity provider.

## Asking a partner again whether an account lives

advice-refresh-token-refused = { $partner } says that the refresh token of this sign-in is good for nothing any more (`invalid_grant`): the account is gone or blocked, its sessions were revoked, or the token has ended by itself there. Where it ends too early, ask { $partner } how long refresh tokens of this client live, or set `refresh = false`.
advice-refresh-not-answered = { $partner } did not answer at its token endpoint whether the account still lives; the evidence says how. Apps renew until the grace of its record is over. Ask it whether this client may use `grant_type=refresh_token`.
advice-token-of-another-subject = Asked whether an account lives, { $partner } answered with an ID token of another account. Its session has ended. Ask { $partner } for the log of its identity provider at this time.

## Sign-ins that no app has asked for

advice-start-app-missing = A link to { $public_url }/sign-in/start names no app. Write `?app=` and the slug of the app.
advice-app-slug-unknown = A link to { $public_url }/sign-in/start names an app that is not known here. `entente app list` has the slugs.
advice-app-must-ask = Somebody tried to begin a sign-in to this app here, and it must ask itself. Where it cannot, give it `idp_initiated = true` in `[app.saml]`, or `initiate_login_uri` in `[app.oidc]`, and read in docs/security.md what that costs.
advice-relay-state-not-of-links = A link to { $public_url }/sign-in/start names a RelayState, and the record of the app takes none from links. Leave it out, or set `relay_state_by_link = true` for an app that opens no foreign addresses.
advice-start-relay-state-too-long = A link to { $public_url }/sign-in/start names a RelayState of more than 1024 bytes. Shorten it.
advice-start-relay-state-malformed = A link to { $public_url }/sign-in/start names a RelayState with control characters. Write it without.
advice-hint-malformed = A hint holds control characters. Ask whoever made the link or the request to send a mail address or a domain.
advice-unsolicited-app-unknown = The record of { $partner } leads unsolicited responses to an app that is not there any more. Name another in `unsolicited`, or leave it out.
advice-response-answers-a-request = A response of { $partner } answers a request that this browser does not know, since it names one (`InResponseTo`) and came without our RelayState. Ask { $partner } to return RelayState unchanged; from its portal it must send no `InResponseTo`.
advice-confirmation-answers-a-request = The confirmation in an unsolicited response of { $partner } names a request (`InResponseTo`). Ask it to leave that out of what it sends from its portal, or to return RelayState unchanged.

## The form at the assertion consumer service

advice-parameter-doubled = The form that the browser posted cannot be read or names a field twice. Ask { $partner } which software stands between its identity provider and the browser.
advice-saml-response-absent = Somebody posted to { $public_url }/saml/sp/acs without `SAMLResponse`. If { $partner } did, ask it to use the HTTP-POST binding for responses.
advice-saml-response-too-large = { shared-oversized }
advice-saml-response-not-base64 = `SAMLResponse` is not base64. Ask { $partner } to use the HTTP-POST binding as SAML Bindings 3.5 has it, without compression.
advice-relay-state-too-long = { $partner } returned a longer RelayState than it was given. Ask it to return RelayState unchanged.
advice-capture-unreadable = The captured text holds no response. Hand in the XML, the base64 of `SAMLResponse`, or the whole form body, and check that it was copied to its end.

## The signature

advice-signature-missing = { $partner } sent neither a signed response nor a signed assertion. Ask it to sign assertions for this service.
advice-signature-twice = { shared-altered }
advice-signature-not-direct-child = { shared-altered } The signature is not where it belongs, as it is in signature wrapping.
advice-signature-stray = { shared-altered } There is a signature in a place where none belongs, as there is in signature wrapping.
advice-object-in-signature = { shared-altered } The signature carries content of its own, as it does in signature wrapping.
advice-signature-child-unexpected = { shared-profile }
advice-signature-attribute-unexpected = { shared-profile }
advice-signature-content-unexpected = { shared-profile }
advice-signature-parts-out-of-order = { shared-profile }
advice-digest-value-not-base64 = { shared-altered }
advice-signature-value-not-base64 = { shared-altered }
advice-reference-without-uri = { shared-profile } The signature must name the element that it signs.
advice-reference-empty-uri = { shared-profile } The signature must name the element that it signs, not the whole document.
advice-reference-external = { shared-altered } The signature refers to something outside the message.
advice-reference-not-an-id = { shared-profile } The signature must name the element that it signs by its ID.
advice-reference-not-parent = { shared-altered } The signature is about another element than the one it stands in, as it is in signature wrapping.
advice-signed-element-without-id = { shared-profile } The signed element has no ID.
advice-c14n-method-not-allowed = { shared-profile } It uses another canonicalisation than exclusive without comments.
advice-signature-method-not-allowed = { $partner } signs with a method that is not accepted, such as RSA-SHA1 or HMAC. Ask it to sign with RSA-SHA256 (in ADFS: "secure hash algorithm" SHA-256).
advice-digest-method-not-allowed = { $partner } digests with a method that is not accepted, such as SHA-1. Ask it to use SHA-256.
advice-transform-not-allowed = { shared-profile } It uses a transform that is not accepted, such as XPath or XSLT.
advice-transform-missing = { shared-profile } It lacks the enveloped-signature transform or exclusive canonicalisation.
advice-transforms-too-many = { shared-profile } It uses more than two transforms.
advice-transforms-out-of-order = { shared-profile } The enveloped-signature transform must come first.
advice-prefix-list-malformed = { shared-profile } Its list of inclusive namespaces is malformed.
advice-no-key = There is no key of { $partner } to verify with. Apply its current metadata.
advice-no-usable-key = No certificate in the metadata of { $partner } fits the signature. Fetch its current metadata and apply it; if it did not change, ask for a signing key of RSA 2048 bits or more, or ECDSA P-256.
advice-signature-mismatch = No certificate in the metadata of { $partner } made this signature. Most often the partner changed its signing certificate: fetch its current metadata and apply it. If it is current, the message was changed on its way or somebody else made it.
advice-digest-mismatch = The signed element was changed after it was signed. Ask { $partner } what rewrites its messages, such as a proxy or a pretty printer. If it happens once only, suspect an attack.
advice-signed-info-missing = { shared-profile }
advice-signature-value-missing = { shared-profile }
advice-key-info-missing = { shared-profile }
advice-c14n-method-missing = { shared-profile }
advice-signature-method-missing = { shared-profile }
advice-reference-missing = { shared-profile }
advice-transforms-missing = { shared-profile }
advice-digest-method-missing = { shared-profile }
advice-digest-value-missing = { shared-profile }
advice-inclusive-namespaces-missing = { shared-profile }
advice-signed-info-twice = { shared-altered }
advice-signature-value-twice = { shared-altered }
advice-key-info-twice = { shared-altered }
advice-c14n-method-twice = { shared-altered }
advice-signature-method-twice = { shared-altered }
advice-reference-twice = { shared-altered } A signature must have exactly one reference.
advice-transforms-twice = { shared-altered }
advice-digest-method-twice = { shared-altered }
advice-digest-value-twice = { shared-altered }
advice-inclusive-namespaces-twice = { shared-altered }

## What the response says

advice-response-version-not-2-0 = { $partner } does not answer with SAML 2.0. Ask it to set up this service for SAML 2.0.
advice-assertion-version-not-2-0 = { $partner } does not assert with SAML 2.0. Ask it to set up this service for SAML 2.0.
advice-response-issued-in-future = The response of { $partner } was issued in the future. { shared-clock }
advice-response-issued-long-ago = The response of { $partner } is old: its clock is behind, or the browser brought it late. { shared-clock }
advice-assertion-issued-in-future = The assertion of { $partner } was issued in the future. { shared-clock }
advice-assertion-issued-long-ago = The assertion of { $partner } is old: its clock is behind, or the browser brought it late. { shared-clock }
advice-response-unsolicited = { $partner } sent a response to no request of ours. Sign-ins start at the app; ask the partner to link to the app instead of starting the sign-in itself.
advice-response-answers-another-request = The response answers another request than the one of this attempt. The person went back, or has several sign-ins open; they start again from the app. If it happens to everybody, { $partner } returns a stored response.
advice-destination-absent = { $partner } signs its response without Destination. Ask it to set the address of the assertion consumer service to { $public_url }/saml/sp/acs.
advice-destination-not-ours = The response is addressed to another service than this one. Ask { $partner } to set the address of the assertion consumer service to { $public_url }/saml/sp/acs. { shared-registration }
advice-response-issuer-not-partner = The response names another issuer than { $partner }. Compare the entity ID of its identity provider with the applied metadata, and apply the current document.
advice-response-issuer-format = { $partner } names itself in another format than an entity ID. Ask it to leave out the Format of Issuer.
advice-response-issuer-absent = { $partner } signs its response without Issuer. Ask it to state its entity ID.
advice-assertion-issuer-not-partner = The assertion names another issuer than { $partner }. Compare the entity ID of its identity provider with the applied metadata, and apply the current document.
advice-assertion-issuer-format = { $partner } names itself in another format than an entity ID. Ask it to leave out the Format of Issuer.
advice-status-not-success = { $partner } said no. The evidence has its status codes and message; its log at this time has the reason.

## What the assertion says

advice-bearer-confirmation-absent = The assertion of { $partner } has no bearer confirmation. Ask it to set up this service for the web browser SSO profile.
advice-bearer-for-another-entity = The assertion of { $partner } is meant for somebody who confirms it by other means. Ask it to set up this service for the web browser SSO profile.
advice-confirmation-data-absent = The confirmation of { $partner } has no limits. Ask it to state Recipient, NotOnOrAfter and InResponseTo.
advice-recipient-absent = The confirmation of { $partner } has no Recipient. Ask it to set the address of the assertion consumer service to { $public_url }/saml/sp/acs.
advice-recipient-not-ours = The confirmation is meant for another address than ours. Ask { $partner } to set the address of the assertion consumer service to { $public_url }/saml/sp/acs. { shared-registration }
advice-confirmation-end-absent = The confirmation of { $partner } has no end. Ask it to state NotOnOrAfter.
advice-confirmation-expired = The confirmation of { $partner } has expired: its clock is behind, it allows too short a time, or the browser brought it late. { shared-clock }
advice-confirmation-not-before-present = The confirmation of { $partner } states NotBefore, which SAML forbids there. Ask it to leave that out.
advice-confirmation-unsolicited = The confirmation of { $partner } names no request. Sign-ins start at the app; ask the partner to answer our request and to state InResponseTo.
advice-confirmation-answers-another-request = The confirmation answers another request than the one of this attempt. The person went back, or has several sign-ins open; they start again from the app.
advice-conditions-absent = The assertion of { $partner } has no conditions. Ask it to state its time of validity and the audience { $public_url }/saml/sp.
advice-condition-unknown = The assertion of { $partner } has a condition that is not known here and so cannot be obeyed. Ask it to leave that condition out.
advice-one-time-use-repeated = { shared-malformed } OneTimeUse stands more than once.
advice-proxy-restriction-repeated = { shared-malformed } ProxyRestriction stands more than once.
advice-assertion-not-yet-valid = The assertion of { $partner } is not valid yet: its clock is ahead. { shared-clock }
advice-conditions-end-absent = The assertion of { $partner } has no end. Ask it to state NotOnOrAfter in Conditions.
advice-conditions-window-empty = The assertion of { $partner } ends before it begins. Ask its administrators for the lifetime that they have set.
advice-assertion-expired = The assertion of { $partner } has expired: its clock is behind, it allows too short a time, or the browser brought it late. { shared-clock }
advice-audience-absent = The assertion of { $partner } names no audience, so it could be meant for anybody. Ask it to set the audience (entity ID) to { $public_url }/saml/sp.
advice-audience-not-ours = The identity provider of { $partner } addresses another service provider. Ask it to set the audience (entity ID) to { $public_url }/saml/sp.
advice-proxying-forbidden = { $partner } forbids that its statement is passed on (ProxyRestriction with Count 0), which is what this gateway does. Ask it to leave that condition out.
advice-proxying-restricted-to-audiences = { $partner } lets its statement be passed on to certain audiences only. Ask it to leave that condition out.
advice-assertion-life-too-long = The assertion of { $partner } is valid for more than 24 hours. Ask it to set the lifetime to minutes.
advice-authn-statement-absent = The assertion of { $partner } does not say that the person signed in. Ask it to state AuthnStatement.
advice-authn-instant-in-future = { $partner } says that the person signed in at a time that is yet to come. { shared-clock }
advice-partner-session-ended = The session at { $partner } had ended when its assertion arrived. Compare the clocks, and ask the partner for the session lifetime that it has set.

## Who the person is

advice-subject-absent = The assertion of { $partner } names nobody. Ask it to state a persistent NameID.
advice-name-id-absent = The assertion of { $partner } has no NameID. Ask it to state a persistent one, or set `subject` of the partner to an attribute that never changes.
advice-name-id-mail-like = { $partner } calls its NameID persistent and sends a mail address, which may be given to another person later. Ask it for an identifier that is never given to another person (in Entra ID: `user.objectid`).
advice-name-id-transient = { $partner } sends a NameID that changes at each sign-in. Ask it for format `persistent`, or set `subject` of the partner to an attribute that never changes.
advice-name-id-mail = { $partner } sends a mail address as NameID, which may be given to another person later. Ask it for format `persistent`, or set `subject` of the partner to an attribute that never changes.
advice-name-id-unspecified = { $partner } does not say what its NameID is. Ask it for format `persistent`, or set `subject` of the partner to an attribute that never changes.
advice-name-id-format-refused = { $partner } sends a NameID of a format that is not accepted. Ask it for format `persistent`, or set `subject` of the partner to an attribute that never changes.
advice-name-id-not-a-mail = The record of { $partner } says that its NameID is a mail address, and it is none. Correct `subject` of the partner, or ask it what it sends.
advice-subject-attribute-absent = The assertion lacks the attribute that names the person. Ask { $partner } to release it, or correct `subject` of the partner.
advice-subject-attribute-ambiguous = The attribute that names the person has several values. Ask { $partner } for one value, or set `subject` of the partner to another attribute.
advice-subject-empty = { $partner } sends an empty identifier of the person. Ask it what its directory has for this person.
advice-subject-too-long = { $partner } sends an identifier of the person that is too long. Ask it for a shorter one.
advice-subject-malformed = { $partner } sends an identifier of the person with white space at an end or with control characters. Ask it what its directory has for this person.
advice-sp-name-qualifier-not-ours = { $partner } made the NameID for another service provider. Ask it to set the entity ID of this service to { $public_url }/saml/sp.
advice-name-qualifier-not-partner = The NameID belongs to another identity provider than { $partner }. Ask it whether it passes on the statements of somebody else.

## What the partner answered instead

advice-partner-no-passive = { $partner } could not sign the person in without showing something. The app was told `login_required` and may ask again with a page.
advice-partner-authn-failed = The person could not sign in at { $partner }. Its log at this time has the reason.
advice-partner-request-denied = { $partner } declined the request or does not know the person. Ask it whether this person may use this service there.
advice-partner-no-authn-context = { $partner } cannot sign the person in with the strength that was asked. Correct `requested_classes` of the partner, or ask it which classes it offers.
advice-partner-failed = The identity provider of { $partner } failed. The evidence has its status codes and message; its log at this time has the reason. Unknown requesters fail like this too: the partner must know the entity ID { $public_url }/saml/sp.

## The attempt

advice-attempt-cookie-missing = The browser did not bring back the cookie of this sign-in: it blocks cookies, or the person came back after 15 minutes or in another browser. { shared-browser }
advice-attempt-cookie-malformed = The cookie of this sign-in is damaged. { shared-browser }
advice-attempt-cookie-refused = The cookie of this sign-in was not sealed by this gateway. If it happens to everybody, the secret key was changed: put the former one into `secrets.previous`.
advice-attempt-row-missing = What was kept of this sign-in is gone: it took longer than 15 minutes, or it was completed before. { shared-browser }
advice-attempt-row-refused = What was kept of this sign-in cannot be read. If it happens to everybody, the secret key was changed: put the former one into `secrets.previous`.
advice-attempt-expired = The person took longer than 15 minutes. { shared-browser }
advice-attempt-spent = This sign-in was completed before: the person went back or sent the page again. { shared-browser }
advice-too-many-large-attempts = One network address began more sign-ins with very long requests than are kept. If many people share that address, ask the owners of { $app } for shorter `state` and `nonce` values.
advice-relay-state-not-ours = The answer does not carry the RelayState that we sent. Ask { $partner } to return RelayState unchanged and not to start sign-ins itself.
advice-no-request-sent = An answer came for a sign-in in which no partner had been asked. { shared-browser }
advice-assertion-replayed = This response was accepted before: the person went back or sent the page again, or somebody has copied it. { shared-browser }
advice-step-cookie-missing = The browser did not bring back the cookie of this step. { shared-browser }
advice-factor-removed-meanwhile = The second factor that was being set up was removed before its recovery codes were kept, by a reset or by the person elsewhere. They sign in again.
advice-step-spent-or-expired = The page was answered before, or too late. { shared-browser }
advice-step-of-another-attempt = The cookie belongs to another sign-in than the page. { shared-browser }
advice-step-of-another-session = Somebody else has signed in, or out, in this browser since the page was shown. { shared-browser }
advice-session-ended-meanwhile = The session ended while the page was open. { shared-browser }
advice-consent-declined = The person did not agree that { $app } is told who they are. The app was told `access_denied`.
advice-no-session = The app asked without showing a page, and the browser has no session. The app was told `login_required`; this is how it finds out.
advice-no-partner-named = The app asked without showing a page and named no organisation. The app was told `login_required`. It may send `login_hint` or `domain_hint`.
advice-session-of-another-account = The browser is signed in as somebody other than { $app } asked for, and no page could be shown.
advice-not-the-hinted-account = The person who signed in is not the one whom { $app } asked for. If it is the same person, the app uses an address that { $partner } does not state.
advice-session-older-than-max-age = The app wants a newer proof than the session has, and no page could be shown. The app was told `login_required`.
advice-proof-older-than-request = { $partner } was asked to prove the person anew and answered with an older sign-in. Ask it to obey ForceAuthn.
advice-proof-older-than-max-age = { $app } wants a newer proof than { $partner } gave. Ask the partner to obey ForceAuthn, or the owners of the app to allow a longer `max_age`.
advice-step-of-another-kind = The browser answered another page than the one that was shown last. { shared-browser }
advice-security-info-token-refused = The form of the page of one's own second factors was not made by our page. If it happens again and again, another site tries to change somebody's factors.
advice-security-info-token-of-another-session = The page of one's own second factors was shown to another session of this browser. The person opens it again.
advice-security-info-page-expired = The page of one's own second factors was shown more than ten minutes ago. The person opens it again.
advice-sign-out-token-refused = The answer to the question whether to sign out was not made by our page. { shared-browser }
advice-sign-out-token-of-another-session = The question whether to sign out was asked of another session. { shared-browser }
advice-sign-out-question-expired = The question whether to sign out was answered too late. { shared-browser }

## Partners, apps and accounts

advice-partner-disabled = { $partner } is switched off here. If it shall be on: `entente partner enable`, and `enabled = true` in its object file.
advice-partner-removed = The partner has been removed here while the person was signing in, or since. Apply its object file again if it shall exist.
advice-app-disabled = { $app } is switched off here. If it shall be on: `entente app enable`, and `enabled = true` in its object file.
advice-app-removed = The app has been removed here while the person was signing in, or since. Apply its object file again if it shall exist.
advice-client-id-missing = The app sent a person with a pushed request and without its `client_id`. It must stand beside `request_uri` (RFC 9126 4).
advice-client-id-doubled = The request names the app twice. Look at how the app makes its link.
advice-pushed-request-unknown = The `request_uri` is none that the app of this `client_id` has pushed here: cut off on its way, changed, of another app, or from before `secrets.key` was replaced. If it goes on, compare the `client_id` of both requests.
advice-pushed-request-expired = The person brought a pushed request more than 90 seconds after the app had pushed it. The app must push it when the person starts, not beforehand.
advice-client-id-unknown = No app has the client id of the request. Compare it with `client_id` in the object file of the app.
advice-redirect-uri-removed-meanwhile = The redirect URI of { $app } was removed while the person was signing in. Compare `redirect_uris` in its object file with what the app sends.
advice-guest-deleted = The account was removed here. Within 30 days it can be restored: `entente guest restore`.
advice-guest-blocked = The account is blocked here. If it shall not be: `entente guest unblock`.
advice-not-assigned = The account is not assigned to { $app }. Add the app to the guest or to one of its groups in the object files, or set `assignment = "everyone"` for the app.
advice-blocked-by-policy = A policy blocks this; the evidence has its id. If it shall not: change its conditions, or exclude the account or the app in its object file.
advice-strength-out-of-reach = A policy asks for an authentication strength that this person can show neither at { $partner } nor here. Allow a method in the strength that is offered here, or trust the second factors of the partner.
advice-essential-acr-out-of-reach = { $app } needs a class of assurance (`claims`, `id_token.acr`, `essential`) that neither { $partner } states nor anything here leads to. Known are `https://refeds.org/profile/sfa`, where the partner says so itself, `https://refeds.org/profile/mfa` and `phr`. The app was told `unmet_authentication_requirements`.
advice-second-factor-needs-the-person = { $app } asked without showing anything (`prompt=none`), and a policy or the app itself needs more than the session has shown. The app was told `interaction_required` and asks again without `prompt=none`.
advice-second-factor-not-shown-at-home = { $partner } must show a second factor of its own and did not. Ask it to demand one for this sign-in, or set another `mfa_at_home` for the partner.
advice-proof-older-than-policy-allows = { $partner } was asked to prove the person anew, as a policy's sign-in frequency demands, and answered with an older sign-in. Ask it to obey ForceAuthn.
advice-not-invited = { $partner } brings invited people only, and nobody with this mail address is invited. Add a guest with this address to the object files, or set `admission = "anyone"` for the partner.
advice-mail-missing = { $partner } states no mail address. Ask it to release `mail`, or name the attribute that has it under `attributes` of the partner.
advice-mail-unproven = { $partner } brings invited people only, and it has no `domains`, so its mail addresses prove nothing and bind no invitation. Give it its domains.
advice-mail-outside-partner-domains = { $partner } states a mail address outside its domains; the evidence has the domain. If it is theirs, add it to `domains` of the partner; if not, this may be an attempt to become somebody else.
advice-mail-of-another-identity = The mail address belongs to an account that another identity has. If the person got a new identity at { $partner }, remove the old account and invite them again; if not, somebody was given a used address.
advice-bound-through-another-partner = The account of this person was bound through another partner. An account is bound once; remove it and invite the person again if they moved.
advice-invited-at-another-partner = The guest is pinned to another partner than { $partner }. Correct `partner` of the guest.

## Second factors

shared-other-way = The person may choose another way, or start again.
shared-forged-passkey = The browser's answer was changed, or made by somebody other than the browser. One is an attack or a broken extension; if it happens to everybody, check that nothing rewrites { $public_url }.
shared-lost-factor = If the person has no other way, make sure that it is them and clear their second factors with `entente guest reset-factors`, so that the next sign-in asks for new ones.

advice-factor-code-malformed = What was typed is no code. { shared-other-way }
advice-totp-wrong = The code of the authenticator app was wrong. If it happens to one person again and again, the clock of their phone is off by more than 30 seconds; if to everybody, the clock of this machine is.
advice-totp-replayed = The code was right and had been used: the person sent it twice, or somebody watched it being typed. The next code comes within 30 seconds.
advice-recovery-code-wrong = The recovery code is none that is left: mistyped, used before, or replaced by newer ones. { shared-lost-factor }
advice-mailed-code-wrong = The code that was sent by mail was mistyped, or is that of an older mail. { shared-other-way }
advice-mailed-code-expired = The code that was sent by mail was typed after more than 30 minutes. If mails come so late, look at the mail server.
advice-mailed-code-exhausted = The code that was sent by mail was tried more than five times. The person asks for another one; if they did not try themselves, somebody has their password at { $partner }.
advice-mailed-code-of-another-guest = A code was shown that had been sent to another account. This is an attack or a fault of ours; look for the attempt id in the log.
advice-mailed-codes-off = Codes by mail are switched off here. The person needs an authenticator app or a passkey.
advice-factor-tried-too-often = One factor was tried wrongly so often that it waits, at most an hour, in browsers that never passed it before. Other ways are open. If the person did not try themselves, somebody has their password at { $partner }: tell the partner.
advice-account-codes-tried-too-often = Codes of this account were tried wrongly so often that they wait, at most an hour. Passkeys and recovery codes are open. If the person did not try themselves, somebody has their password at { $partner }: tell the partner.
advice-network-codes-tried-too-often = Codes were tried wrongly so often from one network that it waits, at most five minutes. Passkeys are open. If many people share that network, nothing has to be done; else look in the audit for the accounts that were tried.
advice-passkey-state-malformed = What was kept of the ceremony cannot be read. If it happens to everybody, two versions of the gateway run at once, or the secret key was changed.
advice-passkey-state-of-another-ceremony = { shared-forged-passkey } An answer to one question was given to the other.
advice-passkey-state-of-another-guest = { shared-forged-passkey } What was kept belongs to another account.
advice-passkey-challenge-expired = The person took longer than five minutes at their authenticator. { shared-browser }
advice-passkey-response-too-large = { shared-forged-passkey } It was larger than any real answer.
advice-passkey-response-malformed = { shared-forged-passkey } It does not follow WebAuthn.
advice-passkey-ceremony-mixed = { shared-forged-passkey } It was made for registration and used to sign in, or the other way round.
advice-passkey-challenge-swapped = { shared-forged-passkey } It answers another challenge, as an answer that was recorded earlier does.
advice-passkey-origin-not-ours = The passkey was used at another address than { $public_url }. If people reach the gateway by another name or port, send them to this one; if not, a site imitates it and the passkey has protected the person.
advice-passkey-cross-origin = The passkey was used inside a frame of another site. Do not show the gateway in frames.
advice-passkey-relying-party-not-ours = { shared-forged-passkey } It was made for another host than that of { $public_url }.
advice-passkey-user-not-present = { shared-forged-passkey } The authenticator says that nobody touched it.
advice-passkey-user-not-verified = The authenticator did not ask for a PIN, a finger or a face. The person sets one up for it; a security key without any cannot be used here.
advice-passkey-unknown = The passkey is none of this account: removed here, or another person's. { shared-lost-factor }
advice-passkey-of-another-guest = The authenticator says that the passkey is another account's. Somebody uses a shared device, or tries to.
advice-passkey-signature-wrong = { shared-forged-passkey } The signature is wrong.
advice-passkey-counter-cloned = The counter of the passkey did not rise, as happens when its key was copied. Remove the passkey and ask the person where else it was used; a few authenticators are known to count wrongly.
advice-passkey-backup-changed = The authenticator now says something else about copies of the passkey than when it was enrolled. The person removes it and enrols it anew.
advice-passkey-algorithm-refused = The authenticator made a key with an algorithm that was not offered. The person needs another authenticator.
advice-passkey-enrolled-already = The passkey is enrolled already. The person takes another authenticator.
advice-passkey-attestation-refused = The authenticator does not prove its make, or is of a maker that is not on the list of accepted authenticators. The person needs one that is; or add the root certificate of its maker.
advice-passkey-model-not-listed = The maker of the authenticator is on the list, and its model is not. Add its AAGUID if it shall be accepted.
advice-passkey-not-hardware-bound = The passkey may be copied to other devices, which the list of accepted authenticators forbids, or its flags contradict each other.
advice-passkey-record-malformed = What is kept of a passkey cannot be read. Restore the row from a backup, or remove the passkey and let the person enrol it anew.
advice-passkey-library-failed = { shared-own-fault }
advice-passkey-host-not-domain = { $public_url } has an IP address as its host, and passkeys need a domain. Give the gateway a name; until then there are authenticator apps.
advice-passkey-attestation-list-unusable = The list of accepted authenticators is empty or holds something that is no PEM certificate. Correct it.
advice-no-factor-in-reach = What is needed can be answered by no second factor that the person has or could set up: its kind is switched off under `factors`, or they have as many as there can be. Switch it on, or allow another method in the strength. { shared-lost-factor }
advice-enrolment-without-proof = A second factor was to be set up without the proof that this needs, as where the factors were reset meanwhile. The person starts again from the app.
advice-factors-too-many = The person has as many second factors as there can be. They remove one on the page of their own factors.
advice-kind-not-enrolled = { shared-own-fault }
advice-factor-secret-sealed = The secret of an authenticator app does not open. If it happens to everybody, the secret key was changed: put the former one into `secrets.previous`.
advice-factor-sealing-failed = { shared-own-fault }
advice-qr-text-too-long = { shared-own-fault } A text did not fit into a QR code.

## Mail

advice-mail-refused = The mail server refuses the message for good: the mailbox may not exist, or we may not send as the address of `from` in `[mail]`. The number of its reply is in the log; look it up in the log of the mail server.
advice-mail-deferred = The mail server takes nothing at the moment. The person may ask for another code later; if it goes on, look at the log of the mail server.
advice-mail-server-unreachable = The mail server of `[mail] smtp` gives no answer in time. Check its name, its port and the firewalls between.
advice-mail-server-insecure = The connection to the mail server cannot be secured: it does not do `STARTTLS`, or its certificate is of another name or an unknown authority. Use `smtps://` where it has a port for that, name it as its certificate does, and name its authority under `ca`.
advice-mail-login-refused = The mail server refuses `username` and `password` of `[mail]`, or offers no login that we know (PLAIN, LOGIN). Correct them.
advice-mail-outbox-unwritable = The folder of `[mail] outbox` cannot be written. Make room, or give it to the user that runs the gateway.
advice-mail-malformed = The address of the guest cannot be written into a mail, as with two dots in a row. Correct the address of the account.

## Faults of the gateway

advice-database-unavailable = The database did not answer. Check that it runs, and look at /health of the metrics address.
advice-raced-too-often = Too many transactions changed the same rows at once. If it happens again, look at the load of the database.
advice-constraint-unexpected = { shared-own-fault }
advice-data-contradictory = A row of the database contradicts itself; the log names table, column and row. Restore it from a backup or correct it.
advice-step-without-session = { shared-own-fault }
advice-step-without-question = { shared-own-fault }
advice-step-after-step = { shared-own-fault }
advice-sealing-failed = { shared-own-fault }
advice-signing-failed = { shared-own-fault } A key of ours could not sign.
advice-saml-signing-key-missing = There is no current SAML signing key. `entente keys list` shows the keys; starting the gateway makes those that are missing.
advice-request-unwritable = The request to { $partner } could not be written. Check the address of its single sign-on service in its metadata.
advice-entity-id-malformed = The entity ID of { $partner } or of this gateway is no absolute URI. Apply the partner's metadata again.
advice-subject-rule-malformed = `subject` of { $partner } names an attribute that cannot be one. Correct it.

# What a SAML app asks. The evidence names what was seen.

advice-message-absent = Somebody came to { $public_url }/saml/idp/sso without `SAMLRequest`. If the app sent them, ask it to use the HTTP-Redirect or HTTP-POST binding for requests.
advice-message-too-large = The request is larger than is accepted. Ask the app to send a plain authentication request.
advice-message-not-base64 = `SAMLRequest` is not base64. Ask the app to use the bindings as SAML Bindings 3.4 and 3.5 have them.
advice-message-not-deflate = `SAMLRequest` in an address is not one DEFLATE stream. Ask the app to use the HTTP-Redirect binding as SAML Bindings 3.4.4.1 has it.
advice-encoding-unknown = The request names another encoding than DEFLATE. Ask the app to leave `SAMLEncoding` out.
advice-signature-algorithm-refused = The request is signed with an algorithm that is not accepted. Ask the app to sign with RSA-SHA-256.
advice-signature-invalid = No key of { $app } verifies the signature of the request. Ask for the app's present metadata, apply it, and check that nothing between the app and us rewrites addresses.
advice-message-not-an-authn-request = Another message than an authentication request of SAML 2.0 came to { $public_url }/saml/idp/sso. Ask the app to send nothing else there.
advice-request-not-signed = { $app } must sign its requests, and this one is not signed. Ask the app to sign, or, where it never does, apply metadata and an object file that do not ask for it.
advice-request-signature-inside = A request that came by HTTP-Redirect carries a signature inside the message, which that binding does not allow. Ask the app to sign the query instead.
advice-request-issuer-format = The issuer of the request has another format than that of an entity. Ask the app to name itself by its entity ID alone.
advice-request-issuer-other = The issuer of the request is not the app whose record was found. Look for a fault in the app's entity ID.
advice-request-id-malformed = The ID of the request is no XML name of at most 256 bytes, so no answer can name it. Ask the app to correct it.
advice-request-destination-other = The request was made for another address. Ask the app to take { $public_url }/saml/idp/sso out of our metadata.
advice-request-destination-missing = The request is signed and says not for whom. Ask the app to set Destination to { $public_url }/saml/idp/sso.
advice-request-too-old = The request is older than five minutes. The person may have come back to an old page; if it happens often, compare the clocks of the app and of this server.
advice-request-in-the-future = The request was written in the future. Compare the clocks of the app and of this server.
advice-acs-not-registered = The request asks for an answer at an address that is none of the app's. If it is right, apply the app's present metadata.
advice-acs-named-twice = The request names its assertion consumer service by address and by index. Ask the app to leave one of both out.
advice-request-binding-not-post = The request asks for an answer in another binding than HTTP-POST. Ask the app to ask for HTTP-POST.
advice-name-id-format-not-offered = The request asks for a format of NameID that is not given here. Ask the app for persistent, emailAddress, transient or unspecified.
advice-name-id-for-another = The request asks for a NameID that is made for another app. Ask the app to leave SPNameQualifier out.
advice-request-subject-unsupported = The request names the person in a way that is not understood here. Ask the app to leave Subject out.
advice-context-declarations-asked = The request asks for declarations of authentication contexts. Ask the app to name classes instead.
advice-context-comparison-unknown = The request compares authentication contexts in a way that SAML does not have. Ask the app to correct `Comparison`.
advice-context-out-of-reach = The request asks for an authentication context above everything that is known here. Ask the app what it needs.
advice-request-passive-and-forced = The request asks for a new sign-in and forbids to show anything. Ask the app to leave one of both out.
advice-request-not-to-be-passed-on = The request forbids to ask another identity provider (ProxyCount 0), and everybody signs in at a partner. Ask the app to leave ProxyCount out.
advice-hint-too-long = A hint beside the request is longer than 320 bytes. Ask the app to shorten it.
advice-app-entity-unknown = No app has the entity ID that the request names. Apply the app's metadata, or ask the app for its present entity ID.
advice-metadata-no-answer = The metadata cannot be fetched. Open its address from this machine: it must be https, answer with status 200 by itself and not by a redirect, and send at most 1 MB within 5 seconds. A name that leads into a private network is asked only with `dangerous_allow_private`. What was read last stays until its own end.
advice-metadata-unusable = What stands at the address of the metadata cannot be used, so what was read last stays. The entry says why. If it is not signed by the pinned certificate's key, ask its owner on another way whether that has changed before you change `metadata_certificate`.
advice-metadata-of-another-entity = What stands at the address of the metadata describes another entity, so what was read last stays. Ask its owner. If the entity has another name now, apply it under another address or as a new object: accounts are bound to the name.
advice-metadata-older = What stands at the address of the metadata is older than what was read last, which stays: an old document may hold keys that were withdrawn. If its owner has gone back on purpose, apply the object file again.
advice-partner-metadata-expired = The metadata of { $partner } has ended, and no newer document could be fetched. `entente partner show` has the address and what happened last; `entente partner refresh` tries now.
advice-app-metadata-expired = The metadata of { $app } has expired. Ask for the app's present metadata and apply it.
advice-app-protocol-changed = The record of { $app } speaks another protocol since this sign-in began. Nothing is to be done.
advice-request-answered-already = The request of { $app } had been answered when it came again: the person went back in the browser, or somebody shows it a second time. Nothing is to be done for one case; look at the addresses where there are many.
advice-partner-not-among-those-of-app = { $app } names the partners whose people it takes, and the person's is none of them. If it shall be: add it to `partners` in the app's object file and apply.
advice-session-of-partner-not-accepted = The browser is signed in through a partner whose people { $app } does not take, and no page could be shown. Nothing is to be done, unless the partner shall be in the app's `partners`.
advice-not-invited-at-this-partner = Several partners share the domain of this address, so that the word of one of them binds only an invitation that is pinned to it (`partner` of `[[guest]]`), or an address that stands in its `addresses`.
advice-no-partner-among-idps = The request names the identity providers that { $app } takes, and none of them is a partner that is switched on. Ask the app which ones it means.
advice-partner-not-among-idps = The request names the identity providers that { $app } takes, and the person's partner is none of them. Nothing is to be done, unless the app should take that partner.
advice-guest-unbound = The account is bound to no identity at a partner, which cannot be. Look for the attempt id in the log.
advice-class-not-shown = { $app } needs a class of authentication that the partner did not state. Ask the partner to state how people sign in, or name the class under `requested_authn_context` of the partner.
advice-not-the-named-subject = The request names a person, and another signed in. Nothing is to be done.
advice-mail-for-name-id-missing = { $app } asks for the mail address as NameID, and the account has no proven one. Ask the app for a persistent NameID, or give the partner its mail domains.

## Partners that speak OpenID Connect

advice-discovery-no-answer = The discovery document of { $partner } cannot be had. Open it from this machine; a name that leads into a private network is asked only with `dangerous_allow_private`.
advice-jwks-no-answer = The key document of { $partner } cannot be had. Open the `jwks_uri` of its discovery document from this machine.
advice-discovery-malformed = The discovery document of { $partner } cannot be used. Open it and compare it with OpenID Connect Discovery 1.0.
advice-discovery-too-large = The discovery document of { $partner } cannot be used. Open it and compare it with OpenID Connect Discovery 1.0.
advice-discovery-of-another-issuer = The discovery document of { $partner } names another issuer. Write its `issuer` into the record exactly, with the tenant and without a slash that is not there.
advice-discovery-endpoint-refused = An address in the discovery document of { $partner } is not https. Ask its administrators.
advice-jwks-malformed = The key document of { $partner } cannot be used. It needs RSA or P-256 keys for signatures, each with a `kid` of its own.
advice-jwks-too-many-keys = The key document of { $partner } cannot be used. It needs RSA or P-256 keys for signatures, each with a `kid` of its own.
advice-jwks-without-key = The key document of { $partner } cannot be used. It needs RSA or P-256 keys for signatures, each with a `kid` of its own.
advice-jwks-kid-doubled = The key document of { $partner } cannot be used. It needs RSA or P-256 keys for signatures, each with a `kid` of its own.
advice-http-client-unavailable = The gateway cannot make https connections: the machine has no root certificates. Install them (on Debian the package `ca-certificates`) and start it again.
advice-provider-unknown = The documents of { $partner } could not be read. Look for an earlier warning in the log.
advice-token-endpoint-no-answer = The token endpoint of { $partner } does not answer in time or says too much. Ask its administrators.
advice-token-endpoint-refused = The token endpoint of { $partner } said no. What it said is beside the check: `invalid_client` means that `client_id`, secret or `token_endpoint_auth_method` are others there; `invalid_grant` that the code was used already or belongs to another redirect address.
advice-token-reply-malformed = The token endpoint of { $partner } answers what is no token response. Ask its administrators what stands before it.
advice-token-type-refused = The token endpoint of { $partner } answers what is no token response. Ask its administrators what stands before it.
advice-id-token-missing = The token endpoint of { $partner } answers what is no token response. Ask its administrators what stands before it.
advice-access-token-missing = The token endpoint of { $partner } answers what is no token response. Ask its administrators what stands before it.
advice-access-token-malformed = The token endpoint of { $partner } answers what is no token response. Ask its administrators what stands before it.
advice-userinfo-no-answer = UserInfo of { $partner } does not answer as it must. Ask it to put `email` into ID tokens, then UserInfo is not needed.
advice-userinfo-refused = UserInfo of { $partner } does not answer as it must. Ask it to put `email` into ID tokens, then UserInfo is not needed.
advice-userinfo-malformed = UserInfo of { $partner } does not answer as it must. Ask it to put `email` into ID tokens, then UserInfo is not needed.
advice-userinfo-subject-missing = UserInfo of { $partner } does not answer as it must. Ask it to put `email` into ID tokens, then UserInfo is not needed.
advice-userinfo-of-another-subject = UserInfo of { $partner } speaks of another person than its ID token. Ask its administrators; nothing can be set here.
advice-callback-malformed = What the browser brought from { $partner } is no answer of OpenID Connect. If every sign-in fails like this, ask its administrators.
advice-callback-doubled = What the browser brought from { $partner } is no answer of OpenID Connect. If every sign-in fails like this, ask its administrators.
advice-callback-too-long = What the browser brought from { $partner } is no answer of OpenID Connect. If every sign-in fails like this, ask its administrators.
advice-callback-without-code = What the browser brought from { $partner } is no answer of OpenID Connect. If every sign-in fails like this, ask its administrators.
advice-callback-code-and-error = What the browser brought from { $partner } is no answer of OpenID Connect. If every sign-in fails like this, ask its administrators.
advice-callback-of-another-issuer = The answer does not come from { $partner }, which was asked. One such answer is an attack or a mistaken redirect address; if every sign-in fails like this, register the `redirect_uri` that `entente partner show` prints, and compare the issuer.
advice-callback-issuer-missing = The answer does not come from { $partner }, which was asked. One such answer is an attack or a mistaken redirect address; if every sign-in fails like this, register the `redirect_uri` that `entente partner show` prints, and compare the issuer.
advice-callback-of-another-partner = The answer does not come from { $partner }, which was asked. One such answer is an attack or a mistaken redirect address; if every sign-in fails like this, register the `redirect_uri` that `entente partner show` prints, and compare the issuer.
advice-state-not-ours = { shared-browser } If it happens often, somebody sends people links to answers of theirs.
advice-state-of-another-question = { shared-browser } If it happens often, somebody sends people links to answers of theirs.
advice-token-malformed = The ID token of { $partner } cannot be read. It must be a signed, unencrypted JWT of at most 64 kB.
advice-token-header-malformed = The ID token of { $partner } cannot be read. It must be a signed, unencrypted JWT of at most 64 kB.
advice-token-claims-malformed = The ID token of { $partner } cannot be read. It must be a signed, unencrypted JWT of at most 64 kB.
advice-token-too-large = The ID token of { $partner } cannot be read. It must be a signed, unencrypted JWT of at most 64 kB.
advice-token-encrypted = The ID token of { $partner } cannot be read. It must be a signed, unencrypted JWT of at most 64 kB.
advice-token-algorithm-refused = The ID token of { $partner } is not signed as the record says. Compare `id_token_signed_response_alg` with what is set there.
advice-token-key-of-another-kind = The ID token of { $partner } is not signed as the record says. Compare `id_token_signed_response_alg` with what is set there.
advice-token-critical-extension = The ID token of { $partner } is not signed as the record says. Compare `id_token_signed_response_alg` with what is set there.
advice-token-of-another-type = The ID token of { $partner } is not signed as the record says. Compare `id_token_signed_response_alg` with what is set there.
advice-token-key-unknown = The ID token of { $partner } names a key that its key document does not have, or none where there are several. New keys are looked for once a minute; if it goes on, ask its administrators.
advice-token-kid-missing = The ID token of { $partner } names a key that its key document does not have, or none where there are several. New keys are looked for once a minute; if it goes on, ask its administrators.
advice-token-signature-refused = The ID token was not signed by { $partner }, or was changed on its way. One such token is an attack; if every sign-in fails like this, its key document is wrong.
advice-token-of-another-issuer = The ID token of { $partner } is of another issuer. Write its `iss` as `issuer` of the record; an address of several tenants is not accepted.
advice-token-for-another-audience = The ID token of { $partner } is for another client. Compare `client_id`; where it has several audiences, `azp` must be ours.
advice-token-for-another-party = The ID token of { $partner } is for another client. Compare `client_id`; where it has several audiences, `azp` must be ours.
advice-token-azp-missing = The ID token of { $partner } is for another client. Compare `client_id`; where it has several audiences, `azp` must be ours.
advice-token-expired = { shared-clock }
advice-token-of-the-future = { shared-clock }
advice-token-too-old = { shared-clock }
advice-token-not-yet-valid = { shared-clock }
advice-token-auth-time-of-the-future = { shared-clock }
advice-token-exp-missing = The ID token of { $partner } lacks a claim that OpenID Connect Core 2 demands. Ask its administrators.
advice-token-iat-missing = The ID token of { $partner } lacks a claim that OpenID Connect Core 2 demands. Ask its administrators.
advice-token-nonce-missing = The ID token of { $partner } lacks a claim that OpenID Connect Core 2 demands. Ask its administrators.
advice-token-for-another-question = The ID token of { $partner } belongs to another question or access token. One such token is an attack; if every sign-in fails like this, a cache stands between.
advice-token-beside-another-access-token = The ID token of { $partner } belongs to another question or access token. One such token is an attack; if every sign-in fails like this, a cache stands between.
advice-id-token-replayed = The ID token of { $partner } belongs to another question or access token. One such token is an attack; if every sign-in fails like this, a cache stands between.
advice-token-auth-time-missing = A proof of some age was asked of { $partner }, and its ID token does not say when the person proved themselves. Ask it to state `auth_time`; at Entra ID it is an optional claim.
advice-subject-refused = The ID token of { $partner } names the person in a way that cannot be kept: an empty `sub`, one of more than 255 bytes, or with control characters.
advice-partner-access-denied = { $partner } refused the sign-in: the person or a rule there said no.
advice-answer-of-another-protocol = The record of { $partner } changed its protocol during the sign-in. { shared-browser }
advice-issuer-changed-meanwhile = The issuer of { $partner } was changed during the sign-in. { shared-browser }
advice-assertion-unwritable = { shared-own-fault }
advice-credential-unwritable = { shared-own-fault }
advice-oidc-signing-key-missing = { shared-own-fault }
advice-partner-secret-unreadable = The secret of { $partner } cannot be opened: it was sealed with another secret key. Apply its object file again.
advice-mail-not-verified = { $partner } says that the address is not verified (`email_verified`). Ask it to verify the address; nothing can be set here.
advice-mail-of-member-unproven = { $partner } is the home organisation, whose people need a proven address, and it proves none: with `mail_authority = "verified_only"` it must state `email_verified`.

## Sessions that end, told from server to server

advice-logout-address-unknown = Somebody posted to an address that belongs to no partner of OpenID Connect. Register the `backchannel_logout_uri` that `entente partner show` prints.
advice-logout-event-missing = What { $partner } posted is no logout token: its `events` lack the event of OpenID Connect Back-Channel Logout. One such token is an attack, or another kind of token sent to the wrong address.
advice-logout-nonce-present = What { $partner } posted has a nonce, as ID tokens have and logout tokens never. One such token is an attack, or another kind of token sent to the wrong address.
advice-logout-jti-missing = The logout token of { $partner } has no `jti`, so that a second use of it could not be told. Ask its administrators.
advice-logout-names-nobody = The logout token of { $partner } has neither `sub` nor `sid`. Ask its administrators.
advice-logout-token-replayed = A logout token of { $partner } was posted a second time. Nothing more ended by it. If every one fails like this, its server repeats what was answered already.
advice-logout-token-unsigned = { shared-own-fault }
advice-logout-notice-no-answer = { $app } did not answer at its `backchannel_logout_uri`. Ask its owners whether it is up and reached from this machine by https, with a certificate that is trusted here; it must answer within 5 seconds.
advice-logout-notice-refused = { $app } answered at its `backchannel_logout_uri`, with another status than 200 or 204. Ask its owners what its log says of the logout token; a redirect is not followed.
advice-logout-notice-address-refused = The `backchannel_logout_uri` of { $app } may not be asked: it is no https address, or lies in a private network or on this machine. Where it must, set `dangerous_allow_private` for it.
advice-logout-notice-unwanted = The record of { $app } has lost its `backchannel_logout_uri` since the session began, so that it is not told.
advice-logout-notice-waits-with-another = { $app } did not answer another notice of the same time, so this one waits too.

## Sign-in by a mailed code

advice-mailed-codes-disabled = Sign-in by a mailed code is switched off, so that nobody who redeemed by one gets in. Switch it on with `entente partner enable mail`, or reset the redemption of those who have another way by now.
advice-no-home-and-codes-off = No partner whose people { $app } takes answers for the address, and codes by mail are off, or { $app } does not take people by them. Nothing is said here of whether somebody has the address: a typing mistake ends so too. Who was invited can use the link of their mail, with any account that a partner proves; or have codes switched on (`email_one_time_passcode` in `[collaboration]`, `entente partner enable mail`).
advice-no-home-and-link-copied = No partner answers for the invited address, and a copy of the link was sent to somebody else, so that no code makes the account. Invite the person again without a copy, or at an address of a partner.
advice-code-needs-the-person = { $app } asked silently for a person who signs in by a mailed code, who would have to type a new one. Nothing has to be set: the app asks again with the person there.
advice-no-code-offered = { shared-browser }
advice-no-code-sent = { shared-browser }
advice-code-asked-for-too-late = An hour after its beginning no code is sent any more in one sign-in. { shared-browser }
advice-too-many-wrong-sign-in-codes = Wrong codes were typed for one address, across all codes that were mailed to it. It waits for an hour at most between two tries, whether anybody has the address or not; if its owner did not type them, somebody guesses.
advice-too-many-sign-in-codes = More codes were asked for or tried from one network than are let through. If many people share it, they wait; if nobody should be there, somebody tries addresses or codes.
advice-sign-in-code-expired = The code was typed more than 30 minutes after it was asked for. The person has another one sent.
advice-sign-in-code-wrong = The code was not the one of this sign-in, was tried more than five times, or none was mailed: to an address without an invitation, of a partner that signs its people in itself, or more than five times an hour. `entente guest show` tells whether there is an account with the address, and how it is bound.
advice-sign-in-code-used = The code signed the person in already, from another tab. { shared-browser }

## Mail of the outbox

advice-mail-server-turned-us-away = The mail server greets this machine with a refusal, whatever the message. Have it take mail from here; what waits is sent then by itself.
advice-mail-copy-refused = The mail was sent; the server refused who was to get a copy. Correct that address for the next time.
advice-mail-outcome-unknown = A node ended while it sent the mail, so that nobody knows whether it arrived. It is sent again under the same Message-ID; nothing has to be done.
advice-mail-unreadable = The mail was sealed under a secret key that is not here. Put that key into `secrets.previous`, then `entente mail retry`.
advice-mail-unwanted = The person has blocked invitations by mail, so that none was sent. It is undone with the link of a mail that they have; reach them in another way.
advice-mail-block-token-refused = The link that blocks invitations was cut short, altered, or made under a secret key that is not here any more. The person takes the link of the newest mail, whole.

## Invitations that are redeemed

advice-invitation-unknown = The link of this invitation is not known: it was reset or its account is gone for good, or the link was cut. Invite the person again, or send a new link.
advice-invitation-account-removed = The invited account was removed. Restore it with `entente guest restore` within 30 days, or invite the person again.
advice-invitation-account-blocked = The invited account is blocked. Unblock it with `entente guest unblock`.
advice-invitation-redeemed = The link was redeemed before. Its person goes straight to the app.
advice-invitation-account-taken = The account has its person by another way than this link. They go straight to the app.
advice-invitation-expired = The link has come to its end (`invitation_link_ttl_days`). Send a new one.
advice-identity-of-another-account = The person who opened the link has an account here already, under another address. One person has one account: remove the invited one, and give the apps to the other.
advice-invitation-opened-by-member = A person of the home organisation opened the link of a guest. Guests come from elsewhere; give the member the app instead.
advice-invitation-of-another-address = The link takes the invited address alone, or its domain, since somebody else may have it too: a copy was sent, or the inviter had it in hand. The person signed in with another one. Invite the address that they sign in with.
advice-invitation-not-for-mailed-code = The link makes no account by nothing but a mailed code, since a copy of it was sent to somebody else. Invite the person again without a copy.
advice-domain-blocked-at-redemption = The lists of domains (`allowed_domains`, `blocked_domains` in `[collaboration]`) do not let the invited address in, whatever they said when it was invited. Change the lists, or remove the account.
advice-invitation-of-former-address = The link went to an address that the account has no more. Send a new one to the address that it has.
advice-invitation-of-account-with-rights = The account has roles, or its address owns an app, so that the link takes nobody but who proves the invited address. The person signs in with the account of that address.
advice-kind-of-home-not-in-order = Partners of this protocol are left out of `identity_provider_order` in `[collaboration]`, so that nobody redeems through them. Put the kind into the order, or invite the person at another address.
advice-invitation-declined = The person did not agree. Nothing was bound, and the link opens again.
advice-partner-changed-meanwhile = The record of { $partner } changed while the person was asked. { shared-browser }
advice-asked-to-agree-twice = { shared-own-fault }
advice-agreed-without-question = { shared-own-fault }
advice-members-do-not-leave = A member of the organisation asked to leave by the page for guests. Remove the account where the person has left.
advice-leaving-switched-off = Guests may not end their account themselves here (`guests_may_leave` in `[collaboration]`). Remove it with `entente guest delete`, or switch the setting on.
advice-leaving-of-last-administrator = The guest is the only one who has signed in and holds the role of the global administrator. Give it to somebody else first (`entente admin grant`).
advice-leaving-without-privacy-information = Guests end their account themselves only where they can ask what becomes of their data: set `privacy_url` or `privacy_contact` in `[collaboration]`, or remove the account with `entente guest delete`.
advice-leave-token-refused = { shared-browser }
advice-leave-token-of-another-session = { shared-browser }
advice-leave-question-expired = { shared-browser }
advice-inviting-not-allowed = The person came to the page for inviting, and `allow_invites_from` in `[collaboration]` does not let them. Grant the role `guest_inviter`, or change the setting.
advice-invite-token-refused = { shared-browser }
advice-invite-token-of-another-session = { shared-browser }
advice-invite-form-expired = { shared-browser }
advice-too-many-invitations-of-account = One account has invited more within an hour than is let through. Use a file for many, or let the person wait.
advice-bulk-job-unknown = The person asked for a file of invitations that is not there any more, or is not theirs. Nothing has to be done.
advice-bulk-rows-unknown = The address of a page of rows was changed by hand or cut off. Nothing has to be done.
