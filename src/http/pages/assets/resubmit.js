// Presses the one button of the page. Who comes back to it by the browser's history stays here:
// the answer has been sent, and sending it again would only trap them.
"use strict";

const [navigation] = performance.getEntriesByType("navigation");
if (navigation === undefined || navigation.type !== "back_forward") {
  document.getElementById("resubmit").requestSubmit();
}
