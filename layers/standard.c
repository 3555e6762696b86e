/* standard.c - standards of access: how near, how large, of which kind, open to whom.
 *
 *   name: near                   a-z, 0-9 and -; in column names - becomes _
 *   title: {da: …, sv: …, en: …} or one text
 *   source: who says so, where
 *   kinds: [forest, park]        default: every kind but lake, which is blue, not green
 *   access: [public]             default: public and unknown; data that do not say are not taken for closed
 *   min_ha: 0.5                  default 0: any size, points too
 *   max_m: 300                   or max_min: 15, or, for a family, members: [NAME or FILE, …]
 *
 * A name is looked for among the shipped ones first (`sund/NAME` looks nowhere else), then as a file beside the
 * project. A family holds standards, never families, so two levels are all there is.
 */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "path.h"
#include "schema.h"
#include "shipped.h"
#include "source.h"
#include "word.h"

enum { LONGEST_NAME = 40 };

/* A file as it is being read. */
typedef struct draft {
  sund_standard standard;
  sund_mark name_mark;
  schema_words kinds, access, members;
} draft;

/* ------------------------------------------------------------------------------------------------------ the keys */

static sund_code take_name(schema_walk *walk, const sund_node *value, void *out) {
  draft *d = out;
  TRY(schema_text(walk, value, &d->standard.name));
  const char *name = d->standard.name;
  if (!name) return SUND_OK;
  size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
  if (name[good] || good > LONGEST_NAME)
    return schema_note(walk, value->mark, "%s names columns: use a-z, 0-9 and -, at most %d of them",
                       word_shown(walk->ctx, name), LONGEST_NAME);
  d->name_mark = value->mark;
  return SUND_OK;
}

static sund_code take_size(schema_walk *walk, const sund_node *value, void *out) {
  double *hectares = out;
  TRY(schema_number(walk, value, hectares));
  if (*hectares < 0) return schema_note(walk, value->mark, "a size is not negative");
  return SUND_OK;
}

static sund_code take_reach(schema_walk *walk, const sund_node *value, void *out) {
  double *reach = out;
  TRY(schema_number(walk, value, reach));
  if (*reach <= 0) return schema_note(walk, value->mark, "a distance is larger than 0");
  return SUND_OK;
}

static const schema_key standard_keys[] = {
    {"name", take_name, 0, true},
    {"title", schema_titles, offsetof(draft, standard.title), false},
    {"source", schema_text, offsetof(draft, standard.source), false},
    {"kinds", schema_wordlist, offsetof(draft, kinds), false},
    {"access", schema_wordlist, offsetof(draft, access), false},
    {"min_ha", take_size, offsetof(draft, standard.min_ha), false},
    {"max_m", take_reach, offsetof(draft, standard.max_m), false},
    {"max_min", take_reach, offsetof(draft, standard.max_min), false},
    {"members", schema_wordlist, offsetof(draft, members), false},
};
static const schema standard_table = {"a standard", standard_keys, sizeof standard_keys / sizeof *standard_keys};

/* Bits of the words in an enumeration of green areas. */
static sund_code word_bits(schema_walk *walk, const char *column, const schema_words *words, uint32_t *bits) {
  const sund_choice *choice = source_column(SUND_GREEN, column)->field.choices;
  const char *known[32];
  size_t count = 0;
  for (; choice[count].value && count < 32; count++) known[count] = choice[count].value;
  for (size_t k = 0; k < words->count; k++) {
    size_t bit = 0;
    while (bit < count && strcmp(known[bit], words->word[k]) != 0) bit++;
    if (bit < count) *bits |= 1u << bit;
    else if (*words->word[k])
      TRY(schema_note(walk, words->mark[k], "%s is no value of %s%s; use: %s", word_shown(walk->ctx, words->word[k]),
                      column, word_hint(walk->ctx, words->word[k], count, known),
                      word_list(walk->ctx, count, known)));
  }
  return SUND_OK;
}

/* Kinds that count when a standard names none: all but lakes. */
static uint32_t green_kinds(void) {
  const sund_choice *choice = source_column(SUND_GREEN, "kind")->field.choices;
  uint32_t bits = 0;
  for (size_t k = 0; choice[k].value; k++)
    if (strcmp(choice[k].value, "lake") != 0) bits |= 1u << k;
  return bits;
}

/* Access classes that count when a standard names none. */
static uint32_t open_access(void) {
  const sund_choice *choice = source_column(SUND_GREEN, "access")->field.choices;
  uint32_t bits = 0;
  for (size_t k = 0; choice[k].value; k++)
    if (strcmp(choice[k].value, "public") == 0 || strcmp(choice[k].value, "unknown") == 0) bits |= 1u << k;
  return bits;
}

static sund_code check_reach(schema_walk *walk, const sund_node *root, const draft *d) {
  int ways = !!sund_node_get(root, "max_m") + !!sund_node_get(root, "max_min") + !!sund_node_get(root, "members");
  if (ways != 1) return schema_note(walk, root->mark, "a standard has exactly one of max_m, max_min and members");
  if (d->members.count > 0 && (d->kinds.count > 0 || d->access.count > 0 || sund_node_get(root, "min_ha")))
    return schema_note(walk, root->mark, "a family has only name, title, source and members");
  return SUND_OK;
}

static sund_code read_draft(sund_ctx *ctx, const sund_node *root, draft *out) {
  schema_walk walk = {.ctx = ctx};
  *out = (draft){.standard = {.max_m = NAN, .max_min = NAN}};
  TRY(schema_map(&walk, &standard_table, root, out));
  if (root->kind == SUND_MAP) TRY(check_reach(&walk, root, out));
  sund_standard *standard = &out->standard;
  TRY(word_bits(&walk, "kind", &out->kinds, &standard->kinds));
  TRY(word_bits(&walk, "access", &out->access, &standard->access));
  TRY(schema_end(&walk));
  if (out->kinds.count == 0) standard->kinds = green_kinds();
  if (out->access.count == 0) standard->access = open_access();
  for (size_t k = 0; k < 3; k++)
    if (!standard->title[k]) standard->title[k] = standard->name;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ the files */

static sund_code fail_unknown(sund_ctx *ctx, sund_mark mark, const char *name) {
  size_t count = 0;
  const char **word = shipped_names(ctx, sund_shipped_standards, &count);
  if (!word) return SUND_LIMIT;
  const char *hint = word_hint(ctx, name, count, word);
  if (*hint) return sund_fail_at(ctx, mark, "unknown standard %s%s", word_shown(ctx, name), hint);
  return sund_fail_at(ctx, mark, "unknown standard %s, and no such file; known: %s", word_shown(ctx, name),
                      word_list(ctx, count, word));
}

/* The YAML of a standard; inner: the folder that files named in it are against. */
static sund_code open_standard(sund_ctx *ctx, const char *name, const char *folder, sund_mark mark, sund_node **root,
                               const char **inner) {
  bool shipped_only = strncmp(name, "sund/", 5) == 0;
  const char *plain = shipped_only ? name + 5 : name;
  const sund_shipped *shipped = shipped_find(sund_shipped_standards, plain);
  *inner = folder;
  if (shipped) return shipped_parse(ctx, shipped, root);
  const char *path = source_path(ctx, folder, name);
  if (!path) return SUND_LIMIT;
  if (shipped_only || !*name || access(path, F_OK) != 0) return fail_unknown(ctx, mark, plain);
  if (strchr(path, '/')) *inner = path_folder(ctx, path);
  if (!*inner) return SUND_LIMIT;
  return sund_yaml_read(ctx, path, root);
}

static bool same(const sund_standard *a, const sund_standard *b) {
  bool reach = (isnan(a->max_m) && isnan(b->max_m)) || a->max_m == b->max_m;
  bool time = (isnan(a->max_min) && isnan(b->max_min)) || a->max_min == b->max_min;
  return a->kinds == b->kinds && a->access == b->access && a->min_ha == b->min_ha && reach && time;
}

/* A standard asked for twice is one; two of one name would share their columns. */
static sund_code append(sund_ctx *ctx, const draft *d, size_t room, sund_standard *out, size_t *count) {
  for (size_t k = 0; k < *count; k++) {
    if (strcmp(out[k].name, d->standard.name) != 0) continue;
    if (same(&out[k], &d->standard)) return SUND_OK;
    return sund_fail_at(ctx, d->name_mark, "there is another standard named %s; choose another name", out[k].name);
  }
  if (*count == room) return sund_fail_at(ctx, d->name_mark, "more than %zu standards", room);
  out[(*count)++] = d->standard;
  return SUND_OK;
}

sund_code sund_standard_read(sund_ctx *ctx, const char *name_or_file, const char *folder, sund_mark mark, size_t room,
                             sund_standard *out, size_t *count) {
  sund_node *root = NULL;
  const char *inner = NULL, *unused = NULL;
  draft d, member;
  TRY(open_standard(ctx, name_or_file, folder, mark, &root, &inner));
  TRY(read_draft(ctx, root, &d));
  if (d.members.count == 0) return append(ctx, &d, room, out, count);
  size_t found = *count;
  for (size_t k = 0; k < d.members.count; k++) {
    TRY(open_standard(ctx, d.members.word[k], inner, d.members.mark[k], &root, &unused));
    TRY(read_draft(ctx, root, &member));
    if (member.members.count > 0)
      return sund_fail_at(ctx, d.members.mark[k], "%s is a family itself; name its members", d.members.word[k]);
    TRY(append(ctx, &member, room, out, &found));
  }
  *count = found;
  return SUND_OK;
}
