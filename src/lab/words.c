/* SPDX-License-Identifier: Apache-2.0 */
/* words.c -- see words.h. */
#include "lab/words.h"

#include <string.h>

#include "dns/name.h"

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

size_t word_make(struct rng *r, unsigned syllables, char word[WORD_MAX])
{
	static const char *const heads[] = {"b", "br", "c",  "d", "dr", "f", "g",  "gl", "h", "k",
					    "l", "m",  "n",  "p", "pl", "r", "s",  "st", "t", "tr",
					    "v", "w",  "sh", "z", "kl", "j", "sk", "th", "q", "fl"};
	static const char *const cores[] = {"a", "e", "i", "o", "u", "ai", "ea", "io", "ou"};
	static const char *const tails[] = {"", "", "", "n", "r", "s", "l", "m", "x", "k"};
	size_t len = 0;

	for (unsigned i = 0; i < syllables && len + 6 < WORD_MAX; i++) {
		const char *parts[3]; /* drawn one after the other: an initialiser has no order */

		parts[0] = heads[rng_below(r, COUNT_OF(heads))];
		parts[1] = cores[rng_below(r, COUNT_OF(cores))];
		parts[2] = i + 1 < syllables ? "" : tails[rng_below(r, COUNT_OF(tails))];
		for (int p = 0; p < 3; p++) {
			size_t n = strlen(parts[p]);
			memcpy(word + len, parts[p], n);
			len += n;
		}
	}
	word[len] = 0;
	return len;
}

void word_digits(struct rng *r, unsigned n, char word[WORD_MAX])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	unsigned i = 0;

	for (; i < n && i + 1 < WORD_MAX; i++)
		word[i] = digits[rng_below(r, sizeof digits - 1)];
	word[i] = 0;
}

const char *word_suffix(struct rng *r, int cheap)
{
	static const char *const common[] = {"com",    "com", "com", "com", "com", "com",  "com",   "net",
					     "net",    "org", "org", "de",  "de",  "fr",   "co.uk", "nl",
					     "it",     "pl",  "eu",  "ch",  "se",  "info", "cz",    "com.br",
					     "com.au", "io",  "jp",  "ca",  "es",  "at",   "ru",    "shop",
					     "online", "xyz", "biz", "cn"};
	static const char *const poor[] = {"ru",  "com",  "top",  "xyz",    "info", "biz", "cn",
					   "net", "site", "shop", "online", "club", "pw",  "su"};

	return cheap ? poor[rng_below(r, COUNT_OF(poor))] : common[rng_below(r, COUNT_OF(common))];
}

const uint8_t *word_name(struct arena *a, const char *text)
{
	struct name n;

	if (name_from_text(text, strlen(text), &n) != OK)
		return NULL;
	return arena_copy(a, n.octets, n.len);
}

const uint8_t *word_below(struct arena *a, const char *label, const uint8_t *below)
{
	struct name n;
	size_t rest = name_wire_len(below);
	uint8_t *name;

	if (name_from_text(label, strlen(label), &n) != OK || n.len - 1u + rest > NAME_OCTETS_MAX)
		return NULL;
	name = arena_take(a, n.len - 1u + rest);
	if (name == NULL)
		return NULL;
	memcpy(name, n.octets, n.len - 1u);
	memcpy(name + n.len - 1, below, rest);
	return name;
}
