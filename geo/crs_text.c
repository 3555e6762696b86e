/* crs_text.c - which texts may name a coordinate reference system.
 *
 * PROJ itself would also take file names, addresses, +init files and pipelines that open grids. A definition comes
 * from a file that somebody sent, so only three kinds pass: "AUTH:CODE", WKT and PROJJSON; and of these only texts
 * that name no file. Nothing here calls PROJ.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "geo/crs.h"

enum { DEFINITION_MAX = 262144, EXCERPT_MAX = 60 };

static const char *const authorities[] = {"EPSG", "ESRI", "OGC", NULL};

/* Words in WKT or PROJJSON by which a definition can reach a file. */
static const char *const reaching[] = {"PARAMETERFILE", "PROJ4_GRIDS", "+init", "+file", "+catalog", "+grids", NULL};

/* The beginning of a text that somebody wrote, fit for a message: one line, printable. */
static char *excerpt(sund_ctx *ctx, const char *text) {
  size_t length = strnlen(text, EXCERPT_MAX + 1);
  char *copy = sund_alloc(ctx, EXCERPT_MAX + 4, 1);
  if (!copy) return NULL;
  size_t shown = length > EXCERPT_MAX ? EXCERPT_MAX : length;
  for (size_t i = 0; i < shown; i++) copy[i] = iscntrl((unsigned char)text[i]) ? ' ' : text[i];
  if (length > EXCERPT_MAX) memcpy(copy + shown, "...", 4);
  return copy;
}

sund_code crs_definition_unknown(sund_ctx *ctx, const char *definition, const char *why) {
  char *shown = excerpt(ctx, definition);
  if (!shown) return SUND_LIMIT;
  return sund_fail(ctx, SUND_USAGE,
                   "coordinate system \"%s\" %s; used here are EPSG:25832 and 25833 (Denmark), EPSG:3006 and 3008 "
                   "(Sweden), EPSG:3035 (Europe), EPSG:4326 and 4258 (longitude and latitude), and for heights "
                   "EPSG:5799 (DVR90) and 5613 (RH2000)",
                   shown, why);
}

/* Where `word` stands in `text`, whatever the case, or NULL. */
static const char *find(const char *text, const char *word) {
  size_t length = strlen(word);
  for (; *text; text++)
    if (strncasecmp(text, word, length) == 0) return text;
  return NULL;
}

/* Does a WKT or PROJJSON text lead PROJ to a file? "nadgrids=@null" names none and is part of EPSG:3857's usual text. */
static bool reaches_file(const char *text) {
  for (size_t i = 0; reaching[i]; i++)
    if (find(text, reaching[i])) return true;
  for (const char *at = text; (at = find(at, "grids=")) != NULL; at++)
    if (strncasecmp(at, "grids=@null", 11) != 0) return true;
  return false;
}

/* Splits "AUTH:CODE". False when the text is of another form or the authority is not one of ours. */
static bool split(const char *text, size_t colon, const char **authority, const char **code) {
  *code = text + colon + 1;
  if (!**code) return false;
  for (const char *c = *code; *c; c++)
    if (!isalnum((unsigned char)*c) && *c != '_') return false;
  for (size_t i = 0; authorities[i]; i++)
    if (strlen(authorities[i]) == colon && strncasecmp(text, authorities[i], colon) == 0) {
      *authority = authorities[i];
      return true;
    }
  return false;
}

/* WKT is a keyword and a bracket. */
static bool looks_like_wkt(const char *text) {
  size_t word = 0;
  while (isalnum((unsigned char)text[word]) || text[word] == '_') word++;
  size_t bracket = word + strspn(text + word, " \t\r\n");
  return word > 0 && isalpha((unsigned char)text[0]) && (text[bracket] == '[' || text[bracket] == '(');
}

sund_code crs_definition_check(sund_ctx *ctx, const char *definition, const char **authority, const char **code) {
  const char *text = definition + strspn(definition, " \t\r\n");
  *authority = *code = NULL;
  if (strnlen(text, DEFINITION_MAX) == DEFINITION_MAX)
    return crs_definition_unknown(ctx, text, "is too long for a definition");
  if (*text != '{' && !looks_like_wkt(text)) {
    size_t colon = strcspn(text, ":");
    if (text[colon] && split(text, colon, authority, code)) return SUND_OK;
    *authority = *code = NULL;
    return crs_definition_unknown(ctx, text, "is not understood: write AUTHORITY:CODE, WKT or PROJJSON");
  }
  if (reaches_file(text)) return crs_definition_unknown(ctx, text, "names a file, which is not allowed");
  return SUND_OK;
}
