/* heights.c - how levels pass from one height system to another.
 *
 * PROJ is not asked: between the height systems of the Sound it answers with a ballpark operation of 0 m, without a word
 * (9.1.1: EPSG:4258+5799 to EPSG:4258+5613 leaves 10.0000 m at 10.0000 m, exit code 0, even with all grids installed). So
 * there are the rules of the user, one documented constant, and else a refusal.
 */
#include "heights.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static const char DVR90[] = "EPSG:5799", RH2000[] = "EPSG:5613";

/* Systems that are realisations of another: DVR90 is an ensemble of those of 2000, 2002, 2013 and 2023. They differ in
 * how satellite positioning reaches them; the ensemble's own accuracy is 0.05 m. */
static const struct {
  const char *code, *of;
} realisations[] = {{"EPSG:10482", DVR90}, {"EPSG:10483", DVR90}, {"EPSG:10484", DVR90}, {"EPSG:10485", DVR90}};

/* RH2000 = DVR90 + 0.015 m at the northern Sound. Two independent routes, both through grids and formulas of PROJ-data
 * and EPSG: the national geoid models (dk_sdfi_dvr90_2023, se_lantmateriet_SWEN17_RH2000) with the step between the
 * national ETRS89 realisations (NKG:ETRF14, -0.026 m) give 0.020 m at Helsingør, 0.014 mid-Sound, 0.007 at Helsingborg;
 * levelling, DVR90 to EVRF2019 (EPSG:10858, +0.011) and RH2000 to EVRF2007 (EPSG:5208, -0.006), gives 0.017. */
static const double SOUND_ADD_M = 0.015, SOUND_SIGMA_M = 0.010;
static const double SOUND_BOX[4] = {11.5, 54.9, 14.5, 56.6}; /* west, south, east, north, degrees */
static const char SOUND_SOURCE[] =
    "geoid models dk_sdfi_dvr90_2023 and SWEN17 with NKG:ETRF14 give 0.014 m mid-Sound, levelling through EVRF2019 "
    "and "
    "EVRF2007 (EPSG:10858, EPSG:5208) 0.017 m; valid at 54.9-56.6 N, 11.5-14.5 E";

/* National systems differ by less; a geoid model does not. */
static const double MOST_STEP_M = 5;

/* A rule of the user. */
typedef struct height_rule {
  const char *from, *to;
  double metres;      /* to minus from; NAN = in the grid */
  const char *grid;   /* path, or NULL                    */
  double sigma_m;     /* NAN = not said                   */
  const char *source; /* the rest of the text             */
} height_rule;

static const char *ensemble(const char *system) {
  for (size_t i = 0; i < sizeof realisations / sizeof *realisations; i++)
    if (strcasecmp(realisations[i].code, system) == 0) return realisations[i].of;
  return system;
}

static bool same_system(const char *a, const char *b) {
  return strcasecmp(ensemble(a), ensemble(b)) == 0;
}

sund_code heights_place(sund_ctx *ctx, const sund_crs *crs, double x, double y, double *longitude, double *latitude) {
  sund_crs *degrees;
  sund_op *op;
  TRY(sund_crs_open(ctx, "EPSG:4258", &degrees));
  TRY(sund_op_open(ctx, crs, degrees, NULL, &op));
  TRY(sund_op_apply(ctx, op, 1, &x, &y, NULL));
  *longitude = x;
  *latitude = y;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ rules */

/* The next word of a text, ended; NULL at its end. */
static char *next_word(char **at) {
  char *word = *at + strspn(*at, " \t");
  if (!*word) return NULL;
  char *end = word + strcspn(word, " \t");
  *at = *end ? end + 1 : end;
  *end = '\0';
  return word;
}

static sund_code fail_rule(sund_ctx *ctx, const char *text, const char *why) {
  return sund_fail(ctx, SUND_USAGE,
                   "the height shift \"%s\" %s; it is written as FROM TO METRES [SIGMA] [SOURCE], with a grid's file "
                   "for METRES where they vary, e.g. \"EPSG:5733 EPSG:5799 -0.058 0.02 SDFI\"",
                   text, why);
}

/* Old systems such as KN44 have no code in the register; they go by a plain name. */
static bool is_local(const char *system) {
  return strchr(system, ':') == NULL;
}

static sund_code check_system(sund_ctx *ctx, const char *text, const char *system) {
  if (is_local(system)) return SUND_OK;
  sund_ctx *scratch = sund_ctx_child(ctx);
  sund_crs *crs = NULL;
  if (!scratch) return SUND_LIMIT;
  sund_code code = sund_crs_open(scratch, ensemble(system), &crs); /* PROJ may be older than a realisation */
  bool good = code == SUND_OK && sund_crs_vertical(crs);
  if (code == SUND_LIMIT) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (good || code == SUND_LIMIT) return good ? SUND_OK : SUND_LIMIT;
  const char *why = sund_text(ctx, "names %s, which is no height system", system);
  return why ? fail_rule(ctx, text, why) : SUND_LIMIT;
}

/* The optional standard deviation, then whatever is left as the source. */
static sund_code read_tail(sund_ctx *ctx, const char *text, char *at, height_rule *out) {
  char *rest = sund_text_copy(ctx, at), *word = next_word(&at);
  if (!rest) return SUND_LIMIT;
  out->sigma_m = NAN;
  if (word && sund_number_read(word, &out->sigma_m)) rest = at;
  out->source = rest + strspn(rest, " \t");
  return out->sigma_m < 0 ? fail_rule(ctx, text, "has a negative standard deviation") : SUND_OK;
}

static sund_code read_rule(sund_ctx *ctx, const char *text, height_rule *out) {
  char *at = sund_text_copy(ctx, text);
  if (!at) return SUND_LIMIT;
  *out = (height_rule){.from = next_word(&at), .metres = NAN};
  out->to = next_word(&at);
  char *step = next_word(&at);
  if (!step) return fail_rule(ctx, text, "is not complete");
  TRY(check_system(ctx, text, out->from));
  TRY(check_system(ctx, text, out->to));
  if (same_system(out->from, out->to)) return fail_rule(ctx, text, "leads nowhere");
  if (!sund_number_read(step, &out->metres)) out->grid = step;
  if (fabs(out->metres) > MOST_STEP_M) return fail_rule(ctx, text, "is too large for two height systems");
  TRY(read_tail(ctx, text, at, out));
  if (!*out->source && (is_local(out->from) || is_local(out->to)))
    return fail_rule(ctx, text, "needs a source: one of its systems has no code");
  return SUND_OK;
}

/* What a grid gives, as a rule of so many metres with its text. Where no standard deviation is said, half of what the
 * grid varies by stands in: one value is used for a whole terrain. */
static sund_code look_up(sund_ctx *ctx, height_rule *rule, const sund_crs *crs, double x, double y,
                         const char **told) {
  heights_grid grid;
  if (!crs)
    return sund_fail(ctx, SUND_OUTPUT, "the grid %s needs a place to be looked up at", sund_base_name(rule->grid));
  TRY(heights_grid_read(ctx, rule->grid, crs, x, y, &grid));
  if (!(fabs(grid.metres) <= MOST_STEP_M))
    return sund_fail(
        ctx, SUND_OUTPUT,
        "the grid %s says %.3f m, too much for the difference of two height systems; is it a geoid model?",
        sund_base_name(rule->grid), grid.metres);
  rule->metres = grid.metres;
  if (isnan(rule->sigma_m)) rule->sigma_m = (grid.highest - grid.lowest) / 2;
  *told = sund_text(ctx, " from the grid %s at %.4f N %.4f E, %.4f to %.4f m within 20 km",
                    sund_base_name(rule->grid), grid.latitude, grid.longitude, grid.lowest, grid.highest);
  return *told ? SUND_OK : SUND_LIMIT;
}

static sund_code apply_rule(sund_ctx *ctx, height_rule *rule, bool forth, const sund_crs *crs, double x, double y,
                            sund_height_step *out) {
  const char *grid = "";
  if (rule->grid) TRY(look_up(ctx, rule, crs, x, y, &grid));
  const char *sigma =
      isnan(rule->sigma_m) ? ", uncertainty not stated" : sund_text(ctx, " \302\261 %.3f m", rule->sigma_m);
  if (!sigma) return SUND_LIMIT;
  out->operation = sund_text(ctx, "%s = %s %c %.4f m%s%s; rule of the user%s%s", rule->to, rule->from,
                             rule->metres < 0 ? '-' : '+', fabs(rule->metres), sigma, grid,
                             *rule->source ? ": " : ", no source stated", rule->source);
  if (!out->operation) return SUND_LIMIT;
  out->add_m = forth ? rule->metres : -rule->metres;
  out->sigma_m = isnan(rule->sigma_m) ? 0 : rule->sigma_m;
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- constant */

static sund_code sound_constant(sund_ctx *ctx, bool forth, const sund_crs *crs, double x, double y,
                                sund_height_step *out) {
  double longitude = SOUND_BOX[0], latitude = SOUND_BOX[1];
  if (crs) TRY(heights_place(ctx, crs, x, y, &longitude, &latitude));
  if (longitude < SOUND_BOX[0] || longitude > SOUND_BOX[2] || latitude < SOUND_BOX[1] || latitude > SOUND_BOX[3])
    return sund_fail(ctx, SUND_OUTPUT,
                     "%s and %s are mixed at %.2f N %.2f E, and the constant between them is known for the northern "
                     "Sound only (54.9-56.6 N, 11.5-14.5 E): give a height shift \"%s %s METRES SIGMA SOURCE\"",
                     DVR90, RH2000, latitude, longitude, DVR90, RH2000);
  out->add_m = forth ? SOUND_ADD_M : -SOUND_ADD_M;
  out->sigma_m = SOUND_SIGMA_M;
  out->operation = sund_text(ctx, "RH2000 (%s) = DVR90 (%s) + %.3f m \302\261 %.3f m at the northern Sound: %s",
                             RH2000, DVR90, SOUND_ADD_M, SOUND_SIGMA_M, SOUND_SOURCE);
  return out->operation ? SUND_OK : SUND_LIMIT;
}

/* ------------------------------------------------------------------------------------------------------------- step */

/* "EPSG:5799 (DVR90 height)" */
static const char *named(sund_ctx *ctx, const char *system) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  sund_crs *crs = NULL;
  if (!scratch) return NULL;
  bool known = sund_crs_open(scratch, system, &crs) == SUND_OK;
  const char *text = known ? sund_text(ctx, "%s (%s)", system, sund_crs_name(crs)) : sund_text_copy(ctx, system);
  sund_ctx_free(scratch);
  return text;
}

static sund_code fail_mixed(sund_ctx *ctx, const char *from, const char *to) {
  const char *a = named(ctx, from), *b = named(ctx, to);
  if (!a || !b) return SUND_LIMIT;
  return sund_fail(ctx, SUND_OUTPUT,
                   "heights in %s and in %s are mixed and nothing says how they differ: give a height shift \"%s %s "
                   "METRES SIGMA SOURCE\", or a grid's file for METRES",
                   a, b, from, to);
}

/* Two names of one system. */
static sund_code same_step(sund_ctx *ctx, const char *from, const char *to, sund_height_step *out) {
  *out = (sund_height_step){0, 0, ""};
  if (strcasecmp(from, to) == 0) return SUND_OK;
  out->operation = sund_text(ctx, "%s and %s are both taken as %s (DVR90, an ensemble accurate to 0.05 m)", from, to,
                             ensemble(from));
  return out->operation ? SUND_OK : SUND_LIMIT;
}

sund_code sund_heights_step(sund_ctx *ctx, const char *from, const char *to, const sund_crs *crs, double x, double y,
                            size_t rules, const char *const *rule, sund_height_step *out) {
  height_rule *read = sund_alloc(ctx, rules, sizeof *read);
  if (!read) return SUND_LIMIT;
  for (size_t i = 0; i < rules; i++) TRY(read_rule(ctx, rule[i], &read[i])); /* a wrong one is found though unused */
  if (same_system(from, to)) return same_step(ctx, from, to, out);
  for (size_t i = 0; i < rules; i++) {
    bool forth = same_system(read[i].from, from) && same_system(read[i].to, to);
    bool back = same_system(read[i].from, to) && same_system(read[i].to, from);
    if (forth || back) return apply_rule(ctx, &read[i], forth, crs, x, y, out);
  }
  bool up = same_system(from, DVR90) && same_system(to, RH2000);
  bool down = same_system(from, RH2000) && same_system(to, DVR90);
  return up || down ? sound_constant(ctx, up, crs, x, y, out) : fail_mixed(ctx, from, to);
}
