//! What holds for every page of the gateway, wide and narrow: it is built for everybody, and it fits.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::chromium::Chromium;

const SIZES: [(u32, u32); 2] = [(900, 700), (360, 700)];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// Returns what is wrong with the page, in words.
const FAULTS: &str = r#"
const faults = [];
const expect = (holds, fault) => { if (!holds) faults.push(fault); };
const all = (selector) => [...document.querySelectorAll(selector)];
expect(document.documentElement.lang === "en", "no language");
expect(document.title.length > 0, "no title");
expect(all("h1").length === 1, "not one h1");
expect(all("main").length === 1, "not one main");
expect(all("h1, h2").every((heading, place) => place === 0 || heading.tagName === "H2"), "h1 is not the first heading");
expect(all("[style], style, script:not([src])").length === 0, "inline style or script");
expect(all("*").every((one) => one.getAttributeNames().every((name) => !name.startsWith("on"))), "inline handler");
expect(all("[tabindex]").length === 0, "focus order by hand");
const ids = all("[id]").map((one) => one.id);
expect(new Set(ids).size === ids.length, "an id twice");
for (const field of all("input:not([type=hidden])")) {
  expect(field.labels.length === 1, `${field.name} has no label`);
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  expect(described.every((id) => document.getElementById(id)), `${field.name} is described by nothing`);
}
for (const control of all("button, a, input:not([type=hidden])")) {
  const { height, width } = control.getBoundingClientRect();
  expect(height >= 44 && width >= 44, `${control.textContent || control.name} is too small`);
  expect(control.tagName === "INPUT" || control.textContent.trim(), "a control without words");
}
expect(document.documentElement.scrollWidth <= window.innerWidth, "wider than the window");
return faults;
"#;

impl Chromium {
    /// Asserts that the page is sound in both widths; photographs it where that was asked for.
    pub fn inspect(&self, name: &str) {
        let pictures = std::env::var_os("ENTENTE_TEST_PICTURES").map(PathBuf::from);
        for (width, height) in SIZES {
            self.resize(width, height);
            assert_eq!(self.ask(FAULTS), Value::Array(Vec::new()), "{name} at {width} pixels");
            if pictures.is_some() {
                // All of a long page is on its picture.
                let whole = self.ask("return document.documentElement.scrollHeight").as_u64().unwrap();
                self.resize(width, height.max(u32::try_from(whole).unwrap()));
            }
            for scheme in SCHEMES.iter().filter(|_| pictures.is_some()) {
                let features = json!([
                    { "name": "prefers-color-scheme", "value": scheme },
                    { "name": "prefers-reduced-motion", "value": "reduce" },
                ]);
                self.control("Emulation.setEmulatedMedia", json!({ "features": features }));
                let taken = self.control("Page.captureScreenshot", json!({ "format": "png" }));
                let picture = STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
                let folder = pictures.as_deref().unwrap();
                std::fs::write(folder.join(format!("{name}-{scheme}-{width}.png")), picture).unwrap();
            }
        }
        self.control("Emulation.clearDeviceMetricsOverride", json!({}));
    }

    fn resize(&self, width: u32, height: u32) {
        self.control(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
    }
}
