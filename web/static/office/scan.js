// The code of a card out of a photo, into the field beside it; the button is there only with script.
import { readPhoto } from "../counter/camera.js";

for (const way of document.querySelectorAll("[data-photo-way]")) {
  const photo = way.querySelector("[data-photo]");
  const unread = way.querySelector("[data-unread]");
  way.hidden = false;
  photo.addEventListener("change", async () => {
    if (!photo.files.length) return;
    const text = await readPhoto(photo.files[0]).catch(() => "");
    photo.value = "";
    unread.hidden = Boolean(text);
    if (text) document.getElementById(photo.dataset.photo).value = text;
  });
}
