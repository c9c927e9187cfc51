// What the hand and the ear notice: two different sounds and vibrations, and a call for a request.
// Browsers allow sound only after somebody has touched the page; before that it stays silent.
let audio = null;

const SIGNALS = {
  ok: { wave: "sine", notes: [[880, 0, 0.12], [1320, 0.14, 0.2]], vibrate: [80] },
  no: { wave: "square", notes: [[196, 0, 0.22], [147, 0.28, 0.34]], vibrate: [220, 90, 220] },
  call: { wave: "triangle", notes: [[660, 0, 0.1], [660, 0.16, 0.1], [990, 0.32, 0.16]], vibrate: [60, 60, 60] },
};

export function allowSound() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return;
  audio = audio || new Context();
  if (audio.state === "suspended") audio.resume().catch(() => {});
}

export function signal(name) {
  const chosen = SIGNALS[name];
  if (!chosen) return;
  // Browsers log an error when a page vibrates before it was touched.
  const wasTouched = !navigator.userActivation || navigator.userActivation.hasBeenActive;
  if (navigator.vibrate && wasTouched) navigator.vibrate(chosen.vibrate);
  if (audio && audio.state === "running") chosen.notes.forEach((note) => sound(chosen.wave, note));
}

function sound(wave, [pitch, from, length]) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  const start = audio.currentTime + from;
  tone.type = wave;
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.001, start);
  volume.gain.exponentialRampToValueAtTime(0.25, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, start + length);
  tone.connect(volume);
  volume.connect(audio.destination);
  tone.start(start);
  tone.stop(start + length);
}
