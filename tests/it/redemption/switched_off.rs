//! Codes that sign in can be switched off, and nothing else of the built-in partner can be changed.

use entente::domain::partners::Switch;

use super::person::{VIC, by_session, offered, send, type_code};
use crate::factors::person::heading;
use crate::policy::journeys::apply_by;
use crate::support::gateway::Gateway;
use crate::support::journey::assert_refused;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn f41_nobody_signs_in_by_a_code_while_that_is_switched_off(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let mut client = gateway.client();
        gateway.sign_in_by_code(&mut client, VIC, 1).await;
        let mut waiting = gateway.client();
        gateway.clock.advance(std::time::Duration::from_secs(60));
        let page = offered(&gateway, &mut waiting, VIC).await;
        let page = send(&mut waiting, &page).await;
        let code = gateway.mailed(VIC, 2).await;

        gateway.switch_codes(Switch::Disabled).await;
        assert_refused(&gateway, &client.get(&gateway.authorize(&[])).await, "OTP_DISABLED", "mailed_codes_disabled").await;
        let refused = type_code(&mut waiting.clone(), &page, &code).await;
        assert_refused(&gateway, &refused, "OTP_DISABLED", "mailed_codes_disabled").await;
        let fresh = offered(&gateway, &mut gateway.client(), VIC).await;
        assert_eq!(heading(&fresh), "No sign-in for this address", "{}", fresh.body);
        assert_refused(&gateway, &fresh, "NO_METHOD_JIT", "no_home_and_codes_off").await;
        let start = gateway.client().get(&gateway.authorize(&[])).await;
        assert!(!start.body.contains("code by e-mail"), "{}", start.body);

        gateway.switch_codes(Switch::Enabled).await;
        assert!(type_code(&mut waiting, &page, &code).await.onward().contains("code="));
        by_session(&mut client, &gateway.authorize(&[])).await;
    }

    async fn f41_the_setting_switches_codes_off_and_on(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let say = |word: &str| format!("[collaboration]\nemail_one_time_passcode = {word}\n");
        apply_by(&gateway.services, &say("false")).await;
        let page = offered(&gateway, &mut gateway.client(), VIC).await;
        assert_eq!(heading(&page), "No sign-in for this address", "{}", page.body);
        apply_by(&gateway.services, &say("true")).await;
        gateway.sign_in_by_code(&mut gateway.client(), VIC, 1).await;
        // A command turns the same switch, and settings that say nothing new leave it.
        gateway.switch_codes(Switch::Disabled).await;
        apply_by(&gateway.services, "[collaboration]\nemail_one_time_passcode = true\nguests_may_leave = false\n").await;
        let page = offered(&gateway, &mut gateway.client(), VIC).await;
        assert_eq!(heading(&page), "No sign-in for this address", "{}", page.body);
    }

    async fn an_app_that_names_its_partners_takes_people_by_code_where_it_names_them_too(backend: Backend) {
        use entente::domain::apps::AllowedPartners;
        use entente::domain::partners::MAILED_CODE_PARTNER;
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let name = |ids: &[entente::domain::partners::PartnerId]| AllowedPartners::Only(ids.to_vec());
        let only = name(&[gateway.partner_id]);
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.partners = only).await;
        gateway.services.directory.forget();
        let page = gateway.client().get(&gateway.authorize(&[("domain_hint", "mail")])).await;
        assert!(!page.body.contains("code by e-mail"), "{}", page.body);
        let both = name(&[gateway.partner_id, MAILED_CODE_PARTNER]);
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.partners = both).await;
        gateway.services.directory.forget();
        gateway.sign_in_by_code(&mut gateway.client(), VIC, 1).await;
    }
}
