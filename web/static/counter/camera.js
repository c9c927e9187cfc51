// The camera and what it sees: a stream that stays open between customers, codes read from it or
// from a photo. The browser's own BarcodeDetector where it reads QR codes, else jsQR.
const PAUSE = 120;
// Wide enough for a code that fills a third of the picture, small enough for old phones.
const WIDEST_FRAME = 640, WIDEST_PHOTO = 1280;
const SAME_CODE_AGAIN = 3000;

let stream = null;
let seen = { text: "", at: 0 };
let running = 0;

/* Opens the camera into `video` and calls `onText` for every code that comes before it anew.
   Rejects when there is no camera, it was refused, or the page is not on https. */
export async function open(video, onText) {
  const turn = (running += 1);
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) throw new Error("no camera");
  if (!stream || !stream.active) {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  }
  if (turn !== running) return;
  video.srcObject = stream;
  // WeChat's WebView on older iPhones stays black unless it is asked twice.
  video.onloadedmetadata = () => video.play().catch(() => {});
  await video.play().catch(() => {});
  const read = await reader();
  const look = async () => {
    if (turn !== running || !video.isConnected) return;
    if (video.readyState >= 2 && video.videoWidth) {
      const text = await read(video, video.videoWidth, video.videoHeight, WIDEST_FRAME).catch(() => "");
      if (turn !== running) return;
      if (isNew(text)) onText(text);
    }
    setTimeout(look, PAUSE);
  };
  look();
}

/* Stops reading; the stream stays open for the next customer. */
export function rest() {
  running += 1;
}

/* Closes the camera: the page is hidden or left. */
export function close() {
  rest();
  if (stream) stream.getTracks().forEach((track) => track.stop());
  stream = null;
}

/* The text of the code on a photo, or "". */
export async function readPhoto(file) {
  const picture = await load(file);
  const read = await reader();
  return read(picture, picture.naturalWidth, picture.naturalHeight, WIDEST_PHOTO).catch(() => "");
}

// A code that stays before the camera after it was asked for is not asked for again.
function isNew(text) {
  const now = Date.now();
  if (!text) return false;
  const isSame = text === seen.text && now - seen.at < SAME_CODE_AGAIN;
  seen = { text, at: now };
  return !isSame;
}

async function reader() {
  if ("BarcodeDetector" in window) {
    const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (formats.includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (source) => {
        const found = await detector.detect(source);
        return found.length ? found[0].rawValue : "";
      };
    }
  }
  const canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  return async (source, width, height, widest) => {
    const scale = Math.min(1, widest / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    paper.drawImage(source, 0, 0, canvas.width, canvas.height);
    const pixels = paper.getImageData(0, 0, canvas.width, canvas.height);
    const found = window.jsQR(pixels.data, pixels.width, pixels.height, { inversionAttempts: "dontInvert" });
    return found ? found.data : "";
  };
}

function load(file) {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    const bytes = new FileReader();
    picture.onload = () => resolve(picture);
    picture.onerror = reject;
    bytes.onerror = reject;
    // A data: address, because the page's policy allows no blob: pictures.
    bytes.onload = () => { picture.src = bytes.result; };
    bytes.readAsDataURL(file);
  });
}
