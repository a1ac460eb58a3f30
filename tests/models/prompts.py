"""The prompts whose next tokens are compared, and texts that are hard to split into tokens."""

from __future__ import annotations

PROMPTS = (
    "What is 2+2?",
    "The capital of France is",
    "def add(a, b):\n    return",
    "Once upon a time, in a small village by the sea, there lived",
    "Water boils at 100 degrees",
    "Die Hauptstadt von Österreich ist",
    "1, 2, 3, 4, 5, 6,",
    "To be, or not to be, that is",
    "The opposite of hot is",
    'SELECT name, price FROM products WHERE price > 10 ORDER BY "price"',
    "日本の首都は",
    "My favourite colours are red, green and",
    "If all cats are animals and Tom is a cat, then Tom is",
    "x",
)
CHATS = {
    "llama": "<|im_start|>user\nName three fruits.<|im_end|>\n<|im_start|>assistant\n",
    "gemma3": "<start_of_turn>user\nName three fruits.<end_of_turn>\n<start_of_turn>model\n",
}
"""A prompt with control tokens, by architecture."""
LONG = " ".join(f"Line {n} says that {n} plus {n} makes {2 * n}." for n in range(1, 33))
"""More tokens than the window of Gemma's local layers (512), so that it hides some of them."""
TEXTS = (
    *PROMPTS,
    " ",
    "  ",
    "\n",
    "\n\n\n",
    "\t\tx",
    " leading",
    "trailing ",
    "a  b   c    d",
    "line\r\nline",
    "don't, I'll, we've, THEY'RE, l'eau",
    "2024-01-31T12:00:00.000Z",
    "3.14159 1e-7 0xFF 1_000_000",
    "١٢٣ ٣ ½ Ⅻ",
    "e\u0301 \u00e9 \u1e9b\u0323",
    "Ελληνικά, русский, עברית, العربية, हिन्दी, ไทย",
    "中文字符,没有空格。",
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea",
    "\u00a0\u2003\u3000x\ufeffy\u200bz",
    "\x00\x01\x7f",
    "▁▁ Ġ Ċ <0x0A> <unk>",
    "</s><s><bos><|endoftext|>",
    "<|im_start|>user\nhello<|im_end|>",
    "<start_of_turn>user\nhello<end_of_turn>",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "=" * 70,
    " " * 70 + "x",
    "for (int i = 0; i < n; ++i) { a[i] += b[i] * 2; }\n\n// done\n",
)
