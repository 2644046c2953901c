import { expect, test } from "vitest";
import { Storage } from "./storage";

test("a page without a browser's storage remembers as long as it is open", () => {
  for (const key of [null, "frontdesk:a1"]) {
    const storage = new Storage(key);
    expect(storage.kept).toEqual({});
    storage.keep({ isOpen: true, sound: false });
    storage.keep({ sound: true });
    expect(storage.kept).toEqual({ isOpen: true, sound: true });
    expect(new Storage(key).kept).toEqual({});
  }
});
