/* flood_sheet.h - small terrains for the tests of flooding, and an obvious slow twin of it. */
#ifndef SUND_TESTS_FLOOD_SHEET_H
#define SUND_TESTS_FLOOD_SHEET_H

#include <math.h>

#include "support.h"

/* A terrain drawn by hand or by chance: raw heights, SUND_NEVER = unknown. */
typedef struct sheet {
  size_t columns, rows;
  uint16_t *raw;
  uint8_t *sea, *zone; /* zone: of the sea beside a cell */
} sheet;

static inline sheet sheet_new(sund_ctx *ctx, size_t columns, size_t rows) {
  sheet s = {columns, rows, sund_alloc(ctx, columns * rows, sizeof *s.raw), sund_alloc(ctx, columns * rows, 1),
             sund_alloc(ctx, columns * rows, 1)};
  assert_true(s.raw && s.sea && s.zone);
  return s;
}

/* Rows of text: digits are heights, letters from 'a' on heights from 10 on, '~' sea, '?' unknown. */
static inline sheet sheet_draw(sund_ctx *ctx, size_t rows, const char *const *text) {
  sheet s = sheet_new(ctx, strlen(text[0]), rows);
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < s.columns; c++) {
      const char t = text[r][c];
      const size_t i = r * s.columns + c;
      s.sea[i] = t == '~';
      s.raw[i] = t == '~' || t == '?' ? SUND_NEVER : (uint16_t)(t >= 'a' ? t - 'a' + 10 : t - '0');
    }
  return s;
}

/* One metre a step, so that raw values are metres. */
static inline sund_flood_spec sheet_spec(const sheet *s) {
  return (sund_flood_spec){.lattice = {s->columns, s->rows, 0, (double)s->rows, 1, 1},
                           .step_m = 1,
                           .cap = SUND_NEVER - 1,
                           .connectivity = 8,
                           .seeds = SUND_SEED_SEA,
                           .zones = 1};
}

static inline sund_code sheet_read(sund_ctx *ctx, void *data, const sund_window *w, float *metres, uint8_t *sea) {
  (void)ctx;
  const sheet *s = data;
  for (size_t r = 0; r < w->rows; r++)
    for (size_t c = 0; c < w->columns; c++) {
      const size_t from = (w->row + r) * s->columns + w->column + c, to = r * w->columns + c;
      metres[to] = s->raw[from] == SUND_NEVER ? NAN : (float)s->raw[from];
      sea[to] = s->sea[from];
    }
  return SUND_OK;
}

static inline size_t sheet_zone(const void *data, sund_cell land) {
  const sheet *s = data;
  return s->zone[land.row * s->columns + land.column];
}

static inline sund_flood *sheet_flood(sund_ctx *ctx, sheet *s, const sund_flood_spec *spec) {
  const sund_flood_source source = {sheet_read, spec->zones > 1 ? sheet_zone : NULL, s};
  sund_flood *flood = NULL;
  assert_ok(ctx, sund_flood_run(ctx, spec, &source, &flood));
  return flood;
}

/* First-wet levels of all cells. */
static inline uint16_t *sheet_wet(sund_ctx *ctx, const sund_flood *flood, size_t zone) {
  const sund_lattice *l = &sund_flood_spec_of(flood)->lattice;
  uint16_t *wet = sund_alloc(ctx, l->columns * l->rows, sizeof *wet);
  assert_non_null(wet);
  const sund_window all = {0, 0, l->columns, l->rows};
  sund_flood_window(flood, &all, zone, NULL, wet, NULL);
  return wet;
}

static inline bool sheet_is_sea(const sheet *s, const sund_flood_spec *spec, size_t i) {
  return s->sea[i] && (spec->seeds & SUND_SEED_SEA);
}

/* Cells beside a cell. Returns how many there are. */
static inline size_t sheet_beside(const sheet *s, int connectivity, size_t i, size_t out[8]) {
  size_t n = 0;
  for (int dr = -1; dr <= 1; dr++)
    for (int dc = -1; dc <= 1; dc++) {
      if ((!dr && !dc) || (connectivity == 4 && dr && dc)) continue;
      const size_t r = i / s->columns + (size_t)dr, c = i % s->columns + (size_t)dc;
      if (r < s->rows && c < s->columns) out[n++] = r * s->columns + c;
    }
  return n;
}

/* Does water start at this cell of land, at its own height, from the sea of a zone? */
static inline bool sheet_starts(const sheet *s, const sund_flood_spec *spec, size_t zone, size_t i) {
  const size_t c = i % s->columns, r = i / s->columns;
  bool seed = (spec->seeds & SUND_SEED_EDGE) && (!c || !r || c + 1 == s->columns || r + 1 == s->rows);
  size_t beside[8];
  const size_t n = sheet_beside(s, spec->connectivity, i, beside);
  for (size_t k = 0; k < n; k++) {
    const bool sea = sheet_is_sea(s, spec, beside[k]);
    seed |= sea || ((spec->seeds & SUND_SEED_NODATA) && s->raw[beside[k]] == SUND_NEVER);
  }
  return seed && (zone == SUND_ANY_ZONE || spec->zones == 1 || s->zone[i] == zone);
}

/* The twin: every cell takes the lowest of what its neighbours offer, until nothing changes (Bellman 1958, Ford 1956). */
static inline uint16_t *sheet_relax(sund_ctx *ctx, const sheet *s, const sund_flood_spec *spec, size_t zone) {
  const size_t cells = s->columns * s->rows;
  uint16_t *wet = sund_alloc(ctx, cells, sizeof *wet);
  assert_non_null(wet);
  for (size_t i = 0; i < cells; i++) {
    const bool land = s->raw[i] <= spec->cap && s->raw[i] != SUND_NEVER;
    wet[i] = land && sheet_starts(s, spec, zone, i) ? s->raw[i] : SUND_NEVER;
    if (sheet_is_sea(s, spec, i)) wet[i] = s->raw[i] == SUND_NEVER ? 0 : s->raw[i];
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < cells; i++) {
      if (sheet_is_sea(s, spec, i) || s->raw[i] > spec->cap || s->raw[i] == SUND_NEVER) continue;
      size_t beside[8];
      const size_t n = sheet_beside(s, spec->connectivity, i, beside);
      for (size_t k = 0; k < n; k++) {
        if (sheet_is_sea(s, spec, beside[k]) || wet[beside[k]] == SUND_NEVER) continue;
        const uint16_t level = wet[beside[k]] > s->raw[i] ? wet[beside[k]] : s->raw[i];
        if (level >= wet[i]) continue;
        wet[i] = level;
        changed = true;
      }
    }
  }
  return wet;
}

#endif
