/* feed_zone.c - offsets of time zones from UTC.
 *
 * Changes come from the machine's zone files (TZif: RFC 8536, version 2 and later), whose last line is the rule for
 * the years after them; where there is none, from a table of the zones of Europe, which change together (directive
 * 2000/84/EC). The C library's own functions know one zone a process.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"

enum { MOST_BYTES = 1 << 17, HEADER_BYTES = 44, DAY_S = 86400, NOON_S = 43200 };

#define CENTRAL "CET-1CEST,M3.5.0,M10.5.0/3"
static const char *const rules[][2] = {
    {"UTC", "UTC0"},
    {"Etc/UTC", "UTC0"},
    {"Europe/London", "GMT0BST,M3.5.0/1,M10.5.0"},
    {"Europe/Helsinki", "EET-2EEST,M3.5.0/3,M10.5.0/4"},
    {"Europe/Copenhagen", CENTRAL},
    {"Europe/Stockholm", CENTRAL},
    {"Europe/Berlin", CENTRAL},
    {"Europe/Oslo", CENTRAL},
    {"Europe/Amsterdam", CENTRAL},
    {"Europe/Brussels", CENTRAL},
    {"Europe/Paris", CENTRAL},
    {"Europe/Zurich", CENTRAL},
    {"Europe/Vienna", CENTRAL},
    {"Europe/Prague", CENTRAL},
    {"Europe/Warsaw", CENTRAL},
    {"CET", CENTRAL},
};

/* ---------------------------------------------------------------------------------------------------------- rules */

/* A name of letters, or anything in <>. */
static const char *skip_name(const char *at) {
  if (*at == '<') return strchr(at, '>') ? strchr(at, '>') + 1 : at;
  while (isalpha((unsigned char)*at)) at++;
  return at;
}

/* [+-]H[H[H]][:MM[:SS]] */
static const char *read_clock(const char *at, int32_t *seconds) {
  int32_t sign = *at == '-' ? -1 : 1, unit = 3600, value = 0;
  if (*at == '-' || *at == '+') at++;
  for (; unit > 0; unit /= 60) {
    value += (int32_t)strtol(at, NULL, 10) * unit;
    while (isdigit((unsigned char)*at)) at++;
    if (*at != ':') break;
    at++;
  }
  *seconds = sign * value;
  return at;
}

static const char *read_date(const char *at, feed_rule *out, bool *ok) {
  int length = 0;
  out->time_s = 2 * 3600;
  *ok = sscanf(at, ",M%d.%d.%d%n", &out->month, &out->week, &out->weekday, &length) == 3 && out->month >= 1 &&
        out->month <= 12 && out->week >= 1 && out->week <= 5 && out->weekday >= 0 && out->weekday <= 6;
  at += length;
  return *ok && *at == '/' ? read_clock(at + 1, &out->time_s) : at;
}

/* A rule such as "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX TZ). What is not understood is read as no summer time. */
static bool read_rule(const char *text, feed_zone *zone) {
  int32_t west = 0;
  const char *at = skip_name(text);
  if (at == text || !(*at == '-' || *at == '+' || isdigit((unsigned char)*at))) return false;
  at = read_clock(at, &west);
  zone->winter_s = zone->summer_s = -west;
  if (*at == '\0') return true;
  at = skip_name(at);
  zone->summer_s = zone->winter_s + 3600;
  if (*at != ',' && *at != '\0') {
    at = read_clock(at, &west);
    zone->summer_s = -west;
  }
  bool first = false, second = false;
  at = read_date(at, &zone->to_summer, &first);
  if (first) read_date(at, &zone->to_winter, &second);
  zone->has_summer = first && second;
  return true;
}

/* Day of a rule in a year. */
static int64_t rule_day(const feed_rule *rule, int year) {
  char text[16];
  int64_t first = 0, next = 0;
  snprintf(text, sizeof text, "%04d-%02d-01", year, rule->month);
  if (!sund_day_read(text, &first)) return 0;
  snprintf(text, sizeof text, "%04d-%02d-01", rule->month == 12 ? year + 1 : year, rule->month % 12 + 1);
  if (!sund_day_read(text, &next)) return first;
  int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; 0 = Sunday */
  int64_t day = first + (rule->weekday - weekday + 7) % 7 + 7 * (rule->week - 1);
  while (day >= next) day -= 7;
  return day;
}

static int year_of(int64_t utc_s) {
  return (int)(1970 + (double)utc_s / (365.2425 * DAY_S));
}

static int32_t rule_offset(const feed_zone *zone, int64_t utc_s) {
  if (!zone->has_summer) return zone->winter_s;
  int year = year_of(utc_s + zone->winter_s); /* changes lie far from New Year */
  int64_t begins = rule_day(&zone->to_summer, year) * DAY_S + zone->to_summer.time_s - zone->winter_s;
  int64_t ends = rule_day(&zone->to_winter, year) * DAY_S + zone->to_winter.time_s - zone->summer_s;
  bool between = begins < ends ? utc_s >= begins && utc_s < ends : utc_s >= begins || utc_s < ends;
  return between ? zone->summer_s : zone->winter_s;
}

/* ----------------------------------------------------------------------------------------------------- zone files */

static int64_t big_endian(const unsigned char *at, int bytes) {
  uint64_t value = at[0] & 0x80 ? UINT64_MAX : 0;
  for (int i = 0; i < bytes; i++) value = value << 8 | at[i];
  return (int64_t)value;
}

/* Counts of a header: isut, isstd, leap, time, type, char. Its block with times of `wide` bytes has `block` bytes. */
typedef struct tzif_counts {
  size_t leap, times, types, chars, isut, isstd, block;
} tzif_counts;

static bool read_header(const unsigned char *at, size_t left, int wide, tzif_counts *out) {
  if (left < HEADER_BYTES || memcmp(at, "TZif", 4) != 0 || at[4] < '2') return false;
  size_t count[6];
  for (size_t i = 0; i < 6; i++) {
    int64_t value = big_endian(at + 20 + 4 * i, 4);
    if (value < 0 || value > MOST_BYTES) return false;
    count[i] = (size_t)value;
  }
  *out = (tzif_counts){
      .isut = count[0], .isstd = count[1], .leap = count[2], .times = count[3], .types = count[4], .chars = count[5]};
  size_t w = (size_t)wide;
  out->block =
      out->times * w + out->times + 6 * out->types + out->chars + out->leap * (w + 4) + out->isstd + out->isut;
  return out->types > 0 && left - HEADER_BYTES >= out->block;
}

/* A file has a block with times of 4 bytes, one of 8, and a rule between line ends. */
static sund_code read_tzif(sund_ctx *ctx, const unsigned char *bytes, size_t size, feed_zone *zone, bool *known) {
  tzif_counts c;
  if (!read_header(bytes, size, 4, &c)) return SUND_OK;
  size_t skip = HEADER_BYTES + c.block;
  const unsigned char *at = bytes + skip;
  if (!read_header(at, size - skip, 8, &c)) return SUND_OK;
  const unsigned char *times = at + HEADER_BYTES, *which = times + 8 * c.times, *types = which + c.times;
  zone->at = sund_alloc(ctx, c.times, sizeof *zone->at);
  zone->offset_s = sund_alloc(ctx, c.times, sizeof *zone->offset_s);
  if (!zone->at || !zone->offset_s) return SUND_LIMIT;
  for (size_t i = 0; i < c.times; i++) {
    if (which[i] >= c.types) return SUND_OK;
    zone->at[i] = big_endian(times + 8 * i, 8);
    zone->offset_s[i] = (int32_t)big_endian(types + 6 * which[i], 4);
  }
  zone->before_s = (int32_t)big_endian(types, 4);
  zone->changes = c.times;
  const char *rule = (const char *)at + HEADER_BYTES + c.block;
  size_t left = size - (size_t)((const unsigned char *)rule - bytes);
  const char *end = left > 1 ? memchr(rule + 1, '\n', left - 1) : NULL;
  char *text = end ? sund_text(ctx, "%.*s", (int)(end - rule - 1), rule + 1) : NULL;
  if (end && !text) return SUND_LIMIT;
  *known = text && read_rule(text, zone);
  return SUND_OK;
}

/* A zone's name becomes a path: plain names only. */
static bool plain_name(const char *name) {
  if (!*name || *name == '/' || strstr(name, "..") || strlen(name) > 64) return false;
  return name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/")] == '\0';
}

static sund_code read_zone_file(sund_ctx *ctx, const char *name, feed_zone *out, bool *known) {
  const char *path = sund_text(ctx, "/usr/share/zoneinfo/%s", name);
  unsigned char *bytes = sund_alloc(ctx, MOST_BYTES, 1);
  if (!path || !bytes) return SUND_LIMIT;
  FILE *file = fopen(path, "rb");
  if (!file) return SUND_OK;
  size_t size = fread(bytes, 1, MOST_BYTES, file);
  fclose(file);
  return read_tzif(ctx, bytes, size, out, known);
}

sund_code feed_zone_open(sund_ctx *ctx, const char *name, feed_zone *out, bool *known) {
  *out = (feed_zone){.name = name};
  *known = false;
  if (plain_name(name)) TRY(read_zone_file(ctx, name, out, known));
  if (*known) return SUND_OK;
  *out = (feed_zone){.name = name};
  for (size_t i = 0; i < sizeof rules / sizeof *rules && !*known; i++)
    if (strcmp(rules[i][0], name) == 0) *known = read_rule(rules[i][1], out);
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- offsets */

int32_t feed_zone_offset(const feed_zone *zone, int64_t utc_s) {
  if (zone->changes == 0 || utc_s >= zone->at[zone->changes - 1]) return rule_offset(zone, utc_s);
  if (utc_s < zone->at[0]) return zone->before_s;
  size_t low = 0, high = zone->changes - 1;
  while (high - low > 1) {
    size_t middle = (low + high) / 2;
    if (zone->at[middle] <= utc_s) low = middle;
    else high = middle;
  }
  return zone->offset_s[low];
}

int64_t feed_zone_zero(const feed_zone *zone, int64_t day) {
  int64_t noon = day * DAY_S + NOON_S;
  int32_t offset = feed_zone_offset(zone, noon); /* right but for an hour or two beside it, and then: */
  return noon - feed_zone_offset(zone, noon - offset) - NOON_S;
}
