//! The words of policies that have a fixed list of values: Graph's names in `snake_case`.

/// Makes one such type: an enum whose values have one word each.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// Every word, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// The word in files.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The value of a word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
    };
}

words! {
    /// What kind of guest an account is.
    GuestType {
        /// A local account of type guest.
        InternalGuest = "internal_guest",
        /// A person of a partner, of type guest.
        B2bCollaborationGuest = "b2b_collaboration_guest",
        /// A person of a partner, of type member.
        B2bCollaborationMember = "b2b_collaboration_member",
        /// A person of a partner without an account here.
        B2bDirectConnectUser = "b2b_direct_connect_user",
        /// Any other external person.
        OtherExternalUser = "other_external_user",
        /// A person of a service provider.
        ServiceProvider = "service_provider",
    }
}

words! {
    /// What a person uses an app with.
    ClientAppType {
        /// A browser.
        Browser = "browser",
        /// An app on a device.
        MobileAppsAndDesktopClients = "mobile_apps_and_desktop_clients",
        /// Exchange ActiveSync.
        ExchangeActiveSync = "exchange_active_sync",
        /// Legacy clients.
        Other = "other",
    }
}

words! {
    /// What the device runs, by its user agent and therefore unverified.
    Platform {
        /// Android.
        Android = "android",
        /// iOS and iPadOS.
        Ios = "ios",
        /// Windows.
        Windows = "windows",
        /// macOS.
        Macos = "macos",
        /// Linux.
        Linux = "linux",
    }
}

words! {
    /// How a sign-in reaches the device on which it is used.
    Flow {
        /// It happens there: nothing is transferred.
        Direct = "direct",
        /// By a code that is typed on another device (RFC 8628).
        DeviceCodeFlow = "device_code_flow",
        /// From another signed-in device.
        AuthenticationTransfer = "authentication_transfer",
    }
}

words! {
    /// Whether a policy is enforced.
    State {
        /// It is.
        Enabled = "enabled",
        /// It is not evaluated.
        Disabled = "disabled",
        /// It is evaluated and never enforced.
        ReportOnly = "enabled_for_reporting_but_not_enforced",
    }
}

words! {
    /// Whether a browser is remembered after it is closed. The stricter comes later.
    PersistentBrowser {
        /// It is.
        Always = "always",
        /// It is not.
        Never = "never",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for flow in Flow::ALL {
            assert_eq!(Flow::parse(flow.as_str()), Some(*flow));
        }
        assert_eq!(State::parse("enabled_for_reporting_but_not_enforced"), Some(State::ReportOnly));
        assert_eq!(Platform::parse("iOS"), None);
        assert_eq!(GuestType::WORDS.len(), 6);
    }
}
