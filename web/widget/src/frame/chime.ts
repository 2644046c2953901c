/** Two soft notes for an answer that has come; a browser that plays nothing yet stays silent. */

const NOTES = [660, 880]; // Hz
const NOTE_SECONDS = 0.12;
const LOUDNESS = 0.06;

let context: AudioContext | null = null;

export function chime(): void {
  try {
    context ??= new AudioContext();
    const { currentTime, destination } = context;
    NOTES.forEach((pitch, at) => {
      const begins = currentTime + at * NOTE_SECONDS;
      const note = new OscillatorNode(context as AudioContext, { frequency: pitch });
      const volume = new GainNode(context as AudioContext, { gain: LOUDNESS });
      volume.gain.setTargetAtTime(0, begins + NOTE_SECONDS / 2, NOTE_SECONDS / 4);
      note.connect(volume).connect(destination);
      note.start(begins);
      note.stop(begins + 2 * NOTE_SECONDS);
    });
  } catch {
    // no sound here
  }
}
