# Nederlands. Eenvoudige, hele zinnen; de lezer is ‘u’.
# Arguments: see en.ftl.

## Mail: code

mail-code-subject = Uw aanmeldcode voor { $organization }
mail-code-intro = Iemand meldt zich bij { $organization } aan met uw account. Als u dat bent, typ dan deze code op de pagina waar u zich aanmeldt:
mail-code-use = De code kan één keer worden gebruikt, binnen { $minutes } minuten.
mail-code-keep = Houd de code voor uzelf. Niemand van { $organization } zal u erom vragen, en hij hoort op geen enkele andere pagina.
mail-code-not-you = Als u zich niet aan het aanmelden bent, geef de code dan niet door. Mogelijk is iemand binnengekomen in uw account bij uw eigen organisatie: meld dat bij de helpdesk daar.
mail-sign-in-intro = Iemand wil zich bij { $organization } aanmelden met dit e-mailadres. Als u dat bent, typ dan deze code op de pagina waar u zich aanmeldt:
mail-sign-in-not-you = Als u dat niet bent, hoeft u niets te doen: zonder de code komt niemand met uw adres binnen.
mail-footer = Verzonden door de aanmeldservice van { $organization }. Antwoorden op dit bericht worden niet gelezen.

## Mail: invitation. Every language has every key of this section.

mail-invite-sender = Uitnodigingen namens { $organization }
mail-invite-subject = { $inviter } nodigt u uit om toepassingen van zijn of haar organisatie te gebruiken
mail-invite-subject-organization = { $organization } nodigt u uit om toepassingen van de organisatie te gebruiken
mail-invite-warning = Ga alleen op dit bericht in als u weet wie u uitnodigt. Zulke berichten worden nagemaakt om mensen te misleiden. Had u het niet verwacht, vraag het dan op een andere manier na bij de persoon of de organisatie, of verwijder het.
mail-invite-who = { $inviter } nodigt u uit om toepassingen van { $organization } ({ $domain }) te gebruiken.
mail-invite-who-organization = { $organization } ({ $domain }) nodigt u uit om toepassingen van de organisatie te gebruiken.
mail-invite-contact = E-mailadres van degene die u uitnodigt: { $mail }
mail-invite-message = Bericht van { $inviter }:
mail-invite-where = De link leidt naar { $host }, waar u zich aanmeldt met uw eigen organisatie, en vandaar naar { $target }.
mail-invite-accept = Uitnodiging accepteren
mail-invite-accept-link = Open dit adres om de uitnodiging te accepteren:
mail-invite-again = U kunt dezelfde link later gebruiken om terug te komen.
mail-invite-done = U hoeft niets te accepteren: u hebt al toegang. U vindt de toepassingen op { $target }.
mail-invite-privacy = Privacyverklaring van { $organization }
mail-invite-privacy-none = { $organization } heeft geen privacyverklaring opgegeven.
mail-invite-block = Toekomstige uitnodigingen blokkeren
mail-invite-block-link = Open dit adres om toekomstige uitnodigingen van { $organization } te blokkeren:
mail-invite-footer = Dit bericht is naar { $address } verzonden door de aanmeldservice van { $organization }.

## Mail: a file of invitations is done. Every language has every key of this section.

mail-bulk-subject = Uw bestand met uitnodigingen voor { $organization } is verwerkt
mail-bulk-intro = Alle rijen van uw bestand { $file } zijn verwerkt.
mail-bulk-invited = Uitgenodigd: { $invited }
mail-bulk-skipped = Overgeslagen: { $skipped }
mail-bulk-failed = Niet uitgenodigd: { $failed }
mail-bulk-link = Meld u aan en open daarna dit adres om te zien wat er met elke rij is gebeurd:
mail-bulk-open = Elke rij bekijken
mail-bulk-footer = Dit bericht is naar { $address } verzonden door de aanmeldservice van { $organization }, omdat het bestand met uw account is ingediend.
