/* listing.c - `sund list`: what there is, one line each, on stdout. All of it comes from tables and shipped files. */
#include "listing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

/* ------------------------------------------------------------------------------------------------------- queries */

static sund_code list_queries(sund_ctx *ctx, int language) {
  (void)ctx;
  for (size_t i = 0; sund_queries[i]; i++)
    printf("%-12s %s\n", sund_queries[i]->name, text_in(sund_queries[i]->summary, language));
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- roles */

/* What a role is drawn as: "point, polygon". */
static const char *geometry_of(sund_ctx *ctx, const sund_role_info *role, int language) {
  static const struct {
    sund_kind kind;
    const char *name[3];
  } kinds[] = {{SUND_POINT, {"punkt", "punkt", "point"}},
               {SUND_LINE, {"linje", "linje", "line"}},
               {SUND_AREA, {"flade", "yta", "polygon"}},
               {SUND_NONE, {"tabel", "tabell", "table"}}};
  if (role->medium == SUND_RASTER) return "raster";
  if (role->medium == SUND_GTFS) return "GTFS";
  const char *text = "";
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds && text; i++)
    if (role->kinds & (1u << kinds[i].kind))
      text = sund_text(ctx, "%s%s%s", text, *text ? ", " : "", kinds[i].name[language]);
  return text;
}

/* One line: name, geometry, columns with their units; optional ones in brackets, as in the manual. */
static sund_code list_roles(sund_ctx *ctx, int language) {
  for (int i = 0; i < SUND_ROLE_COUNT; i++) {
    const sund_role_info *role = sund_role_of((sund_role)i);
    const char *geometry = geometry_of(ctx, role, language);
    if (!geometry) return SUND_LIMIT;
    /* The Danish and Swedish words are ASCII, so the padding is right. */
    printf("%-10s %-*s", role->name, role->columns || role->prefix ? 20 : 0, geometry);
    for (size_t k = 0; k < role->columns; k++) {
      const sund_role_column *column = &role->column[k];
      printf(column->required ? " %s" : " [%s]", column->field.name);
    }
    if (role->prefix) printf(" [%s*]", role->prefix);
    putchar('\n');
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ profiles */

/* What an entry is for: the register, else the layers it names, else the fields it needs. NULL without memory. */
static const char *entry_text(sund_ctx *ctx, const sund_node *entry) {
  const sund_node *said = sund_node_get(entry, "data");
  if (!said) said = sund_node_get(entry, "layer");
  if (!said) said = sund_node_get(entry, "needs");
  const char *text = said && said->kind == SUND_SCALAR ? said->text : "";
  for (size_t i = 0; text && said && said->kind == SUND_LIST && i < said->count; i++)
    text = sund_text(ctx, "%s%s%s", text, *text ? ", " : "", said->item[i]->text);
  return text;
}

/* "; green: BES_NATURTYPER (§ 3), skov": a role and what its entries are for, with the licences they state. */
static sund_code print_mapping(sund_ctx *ctx, const char *role, const sund_node *entries) {
  const char *maps = "", *licences = "", *last = "";
  for (size_t i = 0; i < entries->count; i++) {
    const char *text = entry_text(ctx, entries->item[i]);
    const sund_node *licence = sund_node_get(entries->item[i], "licence");
    if (!text) return SUND_LIMIT;
    if (strcmp(text, last) != 0 && !(maps = sund_text(ctx, "%s%s%s", maps, *maps ? ", " : "", text)))
      return SUND_LIMIT;
    last = text;
    if (licence && !strstr(licences, licence->text) &&
        !(licences = sund_text(ctx, "%s%s%s", licences, *licences ? ", " : "", licence->text)))
      return SUND_LIMIT;
  }
  printf("; %s: %s", role, maps);
  if (*licences) printf(" (%s)", licences);
  return SUND_OK;
}

/* One line a profile, however long: name, title, licence, then what it maps. */
static sund_code list_profiles(sund_ctx *ctx, int language) {
  for (const sund_shipped *shipped = sund_shipped_profiles; shipped->name; shipped++) {
    sund_profile *profile = NULL;
    TRY(sund_profile_read(ctx, shipped->name, &profile));
    printf("%-12s %s", profile->name, text_in(profile->title, language));
    if (profile->licence) printf(" (%s)", profile->licence);
    const sund_node *layers = sund_node_get(profile->root, "layers");
    for (size_t i = 0; i < layers->count; i++) TRY(print_mapping(ctx, layers->key[i], layers->item[i]));
    putchar('\n');
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- standards */

enum { STANDARDS = 64 }; /* most of one family */

/* The green kinds that count, "forest, park", or, when these are most of them, "not lake"; "" when all count. */
static const char *kinds_text(sund_ctx *ctx, uint32_t mask, int language) {
  static const char *const without[3] = {"ikke ", "ej ", "not "};
  const sund_role_info *green = sund_role_of(SUND_GREEN);
  const sund_choice *choice = NULL;
  for (size_t i = 0; i < green->columns; i++)
    if (strcmp(green->column[i].field.name, "kind") == 0) choice = green->column[i].field.choices;
  size_t kinds = 0, counting = 0;
  for (; choice && choice[kinds].value; kinds++) counting += (mask >> kinds) & 1u;
  bool most = 2 * counting > kinds;
  const char *text = "";
  for (size_t bit = 0; bit < kinds && text; bit++) {
    if (((mask >> bit) & 1u) == (most ? 1u : 0u)) continue;
    text = sund_text(ctx, "%s%s%s",
                     *text  ? text
                     : most ? without[language]
                            : "",
                     *text ? ", " : "", choice[bit].value);
  }
  return text;
}

static sund_code print_standard(sund_ctx *ctx, const sund_standard *standard, int language) {
  const char *size = standard->min_ha > 0 ? sund_text(ctx, ">= %g ha", standard->min_ha) : "";
  const char *far = isfinite(standard->max_min) ? sund_text(ctx, "<= %g min", standard->max_min)
                                                : sund_text(ctx, "<= %g m", standard->max_m);
  const char *kinds = kinds_text(ctx, standard->kinds, language);
  if (!size || !far || !kinds) return SUND_LIMIT;
  printf("%-18s %-10s %-10s ", standard->name, size, far);
  if (*kinds) printf("(%s) ", kinds);
  puts(standard->source ? standard->source : "");
  return SUND_OK;
}

/* A shipped file is one standard, printed with its size and distance, or a family, printed with its members' names. */
static sund_code list_standards(sund_ctx *ctx, int language) {
  sund_standard *member = sund_alloc(ctx, STANDARDS, sizeof *member);
  if (!member) return SUND_LIMIT;
  for (const sund_shipped *shipped = sund_shipped_standards; shipped->name; shipped++) {
    size_t count = 0;
    TRY(sund_standard_read(ctx, shipped->name, ".", (sund_mark){0}, STANDARDS, member, &count));
    if (count == 1 && strcmp(member[0].name, shipped->name) == 0) {
      TRY(print_standard(ctx, &member[0], language));
      continue;
    }
    printf("%-18s =", shipped->name);
    for (size_t i = 0; i < count; i++) printf(" %s", member[i].name);
    putchar('\n');
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- lists */

static const struct {
  const char *name;
  sund_code (*print)(sund_ctx *ctx, int language);
} lists[] = {
    {"queries", list_queries}, {"roles", list_roles}, {"profiles", list_profiles}, {"standards", list_standards}};
enum { LISTS = sizeof lists / sizeof *lists };

sund_code listing_print(sund_ctx *ctx, const char *what, int language) {
  const char *words[LISTS];
  for (size_t i = 0; i < LISTS; i++) {
    if (strcmp(lists[i].name, what) == 0) return lists[i].print(ctx, language);
    words[i] = lists[i].name;
  }
  const char *near = sund_nearest_word(what, LISTS, words);
  if (near) return sund_fail(ctx, SUND_USAGE, "no list '%s'; did you mean '%s'?", what, near);
  return sund_fail(ctx, SUND_USAGE, "no list '%s' (has: queries, roles, profiles, standards)", what);
}
