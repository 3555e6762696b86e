/* feed_ids.c - ids to numbers: open addressing with linear probing (Knuth, volume 3, 6.4), three quarters full at
 * most. A slot holds the ends of its text, so that texts of up to 16 bytes, as ids nearly always are, are compared
 * without being fetched.
 */
#include <string.h>

#include "feed.h"

enum { SLOTS_FIRST = 64 };

static uint64_t load8(const char *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

/* The first and the last eight bytes, which are all of a text of up to 16. */
static feed_id key_of(const char *text, size_t length) {
  feed_id key = {.length = (uint32_t)length};
  if (length >= 8) {
    key.head = load8(text);
    key.tail = load8(text + length - 8);
  } else {
    for (size_t i = 0; i < length; i++) key.head = key.head << 8 | (unsigned char)text[i];
  }
  return key;
}

/* Mixed by multiplication (as in splitmix64: Steele, Lea and Flood 2014); long texts eight bytes at a time. */
static uint64_t hash_of(const feed_id *key, const char *text) {
  uint64_t hash = (key->head + key->length) * UINT64_C(0x9e3779b97f4a7c15);
  for (size_t at = 8; key->length > 16 && at + 8 < key->length; at += 8)
    hash = ((hash ^ hash >> 32) ^ load8(text + at)) * UINT64_C(0xbf58476d1ce4e5b9);
  hash = ((hash ^ hash >> 32) ^ key->tail) * UINT64_C(0x94d049bb133111eb);
  hash = (hash ^ hash >> 32) * UINT64_C(0xbf58476d1ce4e5b9); /* what differs in the last bytes reaches the low bits */
  return hash ^ hash >> 32;
}

static size_t slots_for(size_t expected) {
  size_t slots = SLOTS_FIRST;
  while (3 * slots < 4 * expected) slots *= 2;
  return slots;
}

sund_code feed_ids_new(sund_ctx *ctx, size_t expected, feed_ids *out) {
  *out = (feed_ids){.room = expected ? expected : 1, .slots = slots_for(expected)};
  out->text = sund_alloc(ctx, out->room, sizeof *out->text);
  out->length = sund_alloc(ctx, out->room, sizeof *out->length);
  out->slot = sund_alloc(ctx, out->slots, sizeof *out->slot);
  return out->text && out->length && out->slot ? SUND_OK : SUND_LIMIT;
}

static bool same(const feed_ids *ids, const feed_id *key, const feed_id *slot, const char *text) {
  return slot->head == key->head && slot->tail == key->tail && slot->length == key->length &&
         (key->length <= 16 || memcmp(ids->text[slot->number - 1], text, key->length) == 0);
}

/* The slot a text is in, or the free one it would be put in. */
static feed_id *slot_of(const feed_ids *ids, const feed_id *key, const char *text) {
  size_t mask = ids->slots - 1, at = hash_of(key, text) & mask;
  while (ids->slot[at].number && !same(ids, key, &ids->slot[at], text)) at = (at + 1) & mask;
  return &ids->slot[at];
}

static sund_code grow(sund_ctx *ctx, feed_ids *ids) {
  feed_ids more = *ids;
  more.slots = 2 * ids->slots;
  if (!(more.slot = sund_alloc(ctx, more.slots, sizeof *more.slot))) return SUND_LIMIT;
  for (size_t k = 0; k < ids->slots; k++)
    if (ids->slot[k].number) *slot_of(&more, &ids->slot[k], ids->text[ids->slot[k].number - 1]) = ids->slot[k];
  *ids = more;
  return SUND_OK;
}

sund_code feed_ids_add(sund_ctx *ctx, feed_ids *ids, const char *text, size_t length, uint32_t *number, bool *fresh) {
  if (length > UINT32_MAX || ids->count >= FEED_NONE - 1)
    return sund_fail(ctx, SUND_LIMIT, "too many or too long ids");
  feed_id key = key_of(text, length);
  feed_id *slot = slot_of(ids, &key, text);
  *fresh = slot->number == 0;
  *number = slot->number - 1;
  if (!*fresh) return SUND_OK;
  size_t room = ids->room;
  if (!(ids->text = sund_grow(ctx, ids->text, &room, ids->count + 1, sizeof *ids->text)) ||
      !(ids->length = sund_grow(ctx, ids->length, &ids->room, ids->count + 1, sizeof *ids->length)))
    return SUND_LIMIT;
  *number = (uint32_t)ids->count++;
  ids->text[*number] = text;
  ids->length[*number] = key.length;
  key.number = *number + 1;
  *slot = key;
  return 4 * ids->count > 3 * ids->slots ? grow(ctx, ids) : SUND_OK;
}

uint32_t feed_ids_find(const feed_ids *ids, const char *text, size_t length) {
  const feed_id key = key_of(text, length);
  return slot_of(ids, &key, text)->number - 1; /* FEED_NONE when the slot is free */
}
