/* osm_want.c - is a thing of an OpenStreetMap file wanted, by one of its tags? */
#include <string.h>

#include "osm_inside.h"

static unsigned length_bit(size_t length) {
  return length < 63 ? (unsigned)length : 63;
}

sund_code osm_matcher_open(sund_ctx *ctx, const char *const *list, osm_matcher *out) {
  *out = (osm_matcher){0};
  while (list && list[out->count]) out->count++;
  if (!(out->wanted = sund_alloc(ctx, out->count, sizeof *out->wanted))) return SUND_LIMIT;
  for (size_t i = 0; i < out->count; i++) {
    const char *equals = strchr(list[i], '=');
    osm_wanted *wanted = &out->wanted[i];
    wanted->key = list[i];
    wanted->key_length = equals ? (size_t)(equals - list[i]) : strlen(list[i]);
    wanted->value = equals ? equals + 1 : NULL;
    wanted->value_length = equals ? strlen(equals + 1) : 0;
    out->lengths |= strcmp(list[i], "*") == 0 ? UINT64_MAX : UINT64_C(1) << length_bit(wanted->key_length);
    out->any = out->any || strcmp(list[i], "*") == 0;
  }
  return SUND_OK;
}

static bool same(const char *a, size_t a_length, const char *b, size_t b_length) {
  return a_length == b_length && memcmp(a, b, a_length) == 0;
}

bool osm_matcher_key(const osm_matcher *matcher, const char *key, size_t length) {
  if (!(matcher->lengths >> length_bit(length) & 1)) return false;
  if (matcher->any) return true;
  for (size_t i = 0; i < matcher->count; i++)
    if (same(matcher->wanted[i].key, matcher->wanted[i].key_length, key, length)) return true;
  return false;
}

bool osm_matcher_fits(const osm_matcher *matcher, const char *key, size_t key_length, const char *value,
                      size_t value_length) {
  if (matcher->any) return true;
  for (size_t i = 0; i < matcher->count; i++) {
    const osm_wanted *wanted = &matcher->wanted[i];
    if (!same(wanted->key, wanted->key_length, key, key_length)) continue;
    if (!wanted->value || same(wanted->value, wanted->value_length, value, value_length)) return true;
  }
  return false;
}
