# Français. Des phrases simples et complètes ; le lecteur est « vous ».
# Arguments: see en.ftl.

## Mail: code

mail-code-subject = Votre code de connexion pour { $organization }
mail-code-intro = Quelqu’un se connecte chez { $organization } avec votre compte. Si c’est vous, saisissez ce code sur la page où vous vous connectez :
mail-code-use = Il ne peut servir qu’une fois, dans un délai de { $minutes } minutes.
mail-code-keep = Gardez-le pour vous. Personne chez { $organization } ne vous le demandera, et il n’a sa place sur aucune autre page.
mail-code-not-you = Si vous n’êtes pas en train de vous connecter, ne transmettez pas ce code. Quelqu’un a peut-être accédé à votre compte dans votre propre organisation : prévenez son service d’assistance.
mail-sign-in-intro = Quelqu’un souhaite se connecter chez { $organization } avec cette adresse électronique. Si c’est vous, saisissez ce code sur la page où vous vous connectez :
mail-sign-in-not-you = Si ce n’est pas vous, il n’y a rien à faire : sans ce code, personne n’entre avec votre adresse.
mail-footer = Envoyé par le service de connexion de { $organization }. Personne ne lit les réponses à ce message.

## Mail: invitation. Every language has every key of this section.

mail-invite-sender = Invitations au nom de { $organization }
mail-invite-subject = { $inviter } vous invite à accéder à des applications de son organisation
mail-invite-subject-organization = { $organization } vous invite à accéder à ses applications
mail-invite-warning = Ne donnez suite à ce message que si vous savez qui vous invite. Des messages de ce genre sont imités pour tromper. Si vous ne l’attendiez pas, renseignez-vous par une autre voie auprès de la personne ou de l’organisation, ou supprimez-le.
mail-invite-who = { $inviter } vous invite à utiliser des applications de { $organization } ({ $domain }).
mail-invite-who-organization = { $organization } ({ $domain }) vous invite à utiliser ses applications.
mail-invite-contact = Adresse électronique de la personne qui vous invite : { $mail }
mail-invite-message = Message de { $inviter } :
mail-invite-where = Le lien mène à { $host }, où vous vous connectez avec votre propre organisation, puis à { $target }.
mail-invite-accept = Accepter l’invitation
mail-invite-accept-link = Pour accepter l’invitation, ouvrez cette adresse :
mail-invite-again = Vous pourrez utiliser le même lien plus tard pour revenir.
mail-invite-done = Vous n’avez rien à accepter : vous avez déjà accès. Vous trouverez les applications à l’adresse { $target }.
mail-invite-privacy = Déclaration de confidentialité de { $organization }
mail-invite-privacy-none = { $organization } n’a fourni aucune déclaration de confidentialité.
mail-invite-block = Bloquer les invitations futures
mail-invite-block-link = Pour bloquer les invitations futures de { $organization }, ouvrez cette adresse :
mail-invite-footer = Ce message a été envoyé à { $address } par le service de connexion de { $organization }.

## Mail: a file of invitations is done. Every language has every key of this section.

mail-bulk-subject = Votre fichier d’invitations pour { $organization } est traité
mail-bulk-intro = Toutes les lignes de votre fichier { $file } sont traitées.
mail-bulk-invited = Invitations envoyées ou créées : { $invited }
mail-bulk-skipped = Lignes passées : { $skipped }
mail-bulk-failed = Lignes sans invitation : { $failed }
mail-bulk-link = Pour voir ce qu’il est advenu de chaque ligne, connectez-vous, puis ouvrez cette adresse :
mail-bulk-open = Voir chaque ligne
mail-bulk-footer = Ce message a été envoyé à { $address } par le service de connexion de { $organization }, parce que le fichier a été remis avec votre compte.
