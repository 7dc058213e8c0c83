//! QR codes as SVG, to stand inside a page.

use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

use super::fault::FactorFault;

/// The least width and height. **Units**: CSS pixels.
const SIZE: u32 = 240;

/// The SVG element of a QR code, black on white with its quiet zone, without an XML declaration, so
/// that it can stand in HTML. It holds no script, style or reference, and none of the text itself.
///
/// # Errors
/// [`FactorFault::QrTooLong`] above 2,331 bytes.
pub fn svg(text: &str) -> Result<String, FactorFault> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| FactorFault::QrTooLong)?;
    let document = code
        .render::<Color<'_>>()
        .min_dimensions(SIZE, SIZE)
        .quiet_zone(true)
        .dark_color(Color("#000"))
        .light_color(Color("#fff"))
        .build();
    let element = document.find("<svg").map_or(document.as_str(), |start| &document[start..]);
    Ok(element.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_is_one_plain_element() {
        let image = svg("otpauth://totp/Contoso:ana?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert!(image.starts_with("<svg ") && image.ends_with("</svg>"), "{image}");
        let document = roxmltree::Document::parse(&image).unwrap();
        let names: Vec<_> =
            document.descendants().filter(roxmltree::Node::is_element).map(|node| node.tag_name().name()).collect();
        assert_eq!(names, ["svg", "rect", "path"]);
        assert!(!image.contains("GEZDGNBVGY3TQOJQ") && !image.contains("href"));
    }

    #[test]
    fn another_text_is_another_image() {
        assert_ne!(svg("a"), svg("b"));
        assert_eq!(svg("a"), svg("a"));
    }

    #[test]
    fn a_text_that_does_not_fit_is_refused() {
        assert!(svg(&"a".repeat(2_331)).is_ok());
        assert_eq!(svg(&"a".repeat(2_332)), Err(FactorFault::QrTooLong));
    }
}
