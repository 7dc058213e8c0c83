# Deutsch. Einfache, ganze Sätze; die Leser sind „Sie“.
# Arguments: see en.ftl.

## Mail: code

mail-code-subject = Ihr Anmeldecode für { $organization }
mail-code-intro = Jemand meldet sich mit Ihrem Konto bei { $organization } an. Wenn Sie das sind, geben Sie diesen Code auf der Seite ein, auf der Sie sich anmelden:
mail-code-use = Er kann einmal verwendet werden, innerhalb von { $minutes } Minuten.
mail-code-keep = Behalten Sie ihn für sich. Niemand bei { $organization } wird Sie danach fragen, und er gehört auf keine andere Seite.
mail-code-not-you = Wenn Sie sich gerade nicht anmelden, geben Sie den Code nicht weiter. Möglicherweise ist jemand in Ihr Konto bei Ihrer eigenen Organisation eingedrungen: Melden Sie das dort beim Helpdesk.
mail-sign-in-intro = Jemand möchte sich mit dieser E-Mail-Adresse bei { $organization } anmelden. Wenn Sie das sind, geben Sie diesen Code auf der Seite ein, auf der Sie sich anmelden:
mail-sign-in-not-you = Wenn Sie es nicht sind, müssen Sie nichts tun: Ohne den Code kommt niemand mit Ihrer Adresse hinein.
mail-footer = Gesendet vom Anmeldedienst von { $organization }. Antworten auf diese Nachricht werden nicht gelesen.

## Mail: invitation. Every language has every key of this section.

mail-invite-sender = Einladungen im Auftrag von { $organization }
mail-invite-subject = { $inviter } lädt Sie ein, Anwendungen seiner oder ihrer Organisation zu nutzen
mail-invite-subject-organization = { $organization } lädt Sie ein, Anwendungen der Organisation zu nutzen
mail-invite-warning = Folgen Sie dieser Nachricht nur, wenn Sie wissen, wer Sie einlädt. Solche Nachrichten werden nachgeahmt, um zu täuschen. Wenn Sie sie nicht erwartet haben, fragen Sie die Person oder die Organisation auf anderem Weg, oder löschen Sie sie.
mail-invite-who = { $inviter } lädt Sie ein, Anwendungen von { $organization } ({ $domain }) zu nutzen.
mail-invite-who-organization = { $organization } ({ $domain }) lädt Sie ein, Anwendungen der Organisation zu nutzen.
mail-invite-contact = E-Mail-Adresse der einladenden Person: { $mail }
mail-invite-message = Nachricht von { $inviter }:
mail-invite-where = Der Link führt zu { $host }, wo Sie sich mit Ihrer eigenen Organisation anmelden, und von dort zu { $target }.
mail-invite-accept = Einladung annehmen
mail-invite-accept-link = Um die Einladung anzunehmen, öffnen Sie diese Adresse:
mail-invite-again = Sie können denselben Link später verwenden, um zurückzukehren.
mail-invite-done = Sie müssen nichts annehmen: Sie haben bereits Zugang. Sie finden die Anwendungen unter { $target }.
mail-invite-privacy = Datenschutzerklärung von { $organization }
mail-invite-privacy-none = { $organization } hat keine Datenschutzerklärung angegeben.
mail-invite-block = Künftige Einladungen blockieren
mail-invite-block-link = Um künftige Einladungen von { $organization } zu blockieren, öffnen Sie diese Adresse:
mail-invite-footer = Diese Nachricht wurde vom Anmeldedienst von { $organization } an { $address } gesendet.

## Mail: a file of invitations is done. Every language has every key of this section.

mail-bulk-subject = Ihre Einladungsdatei für { $organization } ist abgearbeitet
mail-bulk-intro = Alle Zeilen Ihrer Datei { $file } sind abgearbeitet.
mail-bulk-invited = Eingeladen: { $invited }
mail-bulk-skipped = Übersprungen: { $skipped }
mail-bulk-failed = Nicht eingeladen: { $failed }
mail-bulk-link = Um zu sehen, was aus jeder Zeile geworden ist, melden Sie sich an und öffnen Sie dann diese Adresse:
mail-bulk-open = Jede Zeile ansehen
mail-bulk-footer = Diese Nachricht wurde vom Anmeldedienst von { $organization } an { $address } gesendet, weil die Datei mit Ihrem Konto eingereicht wurde.
