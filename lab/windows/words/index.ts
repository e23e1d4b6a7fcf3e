import type { WindowsLanguage } from "../description";
import { english } from "./en";
import { french } from "./fr";
import { spanish } from "./es";
import type { Words } from "./words";

export type { ServiceWords, Words } from "./words";

export const WORDS: Record<WindowsLanguage, Words> = { en: english, fr: french, es: spanish };
