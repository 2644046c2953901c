/** Models that are proposed where one is named; any other may be typed. */

export const MODELS = [
  "extractive",
  "deepseek:deepseek-chat",
  "openai:gpt-4.1-mini",
  "anthropic:claude-haiku-4-5",
];
