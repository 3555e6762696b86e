/* labour_options.c - the options of `labour`, and what their table cannot say. */
#include <math.h>
#include <string.h>

#include "labour.h"

const char *const labour_rule_words[] = {"scb", "containment", "ttwa", NULL};
static const char *const model_words[] = {"gravity", "pivot", NULL};

#define AT(member) offsetof(labour_options, member)
#define SHARE 0, 100, NULL

const sund_option labour_option_table[LABOUR_OPTIONS] = {
    {"flows",
     NULL,
     SUND_STRINGS,
     AT(flows),
     NULL,
     NULL,
     0,
     0,
     NULL,
     {"tabel: hvem der bor hvor og arbejder hvor (from,to,persons)",
      "tabell: vem som bor var och arbetar var (from,to,persons)",
      "table: who lives where and works where (from,to,persons)"}},
    {"rule",
     "rules",
     SUND_STRINGS,
     AT(rule),
     "scb",
     NULL,
     0,
     0,
     labour_rule_words,
     {"hvordan markeder afgrænses; flere sammenlignes", "hur marknader avgränsas; flera jämförs",
      "how markets are delimited; several are compared"}},
    {"max-out",
     NULL,
     SUND_NUMBER,
     AT(max_out),
     "0.2",
     NULL,
     SHARE,
     {"scb: så stor en del af et centers beboere må arbejde andre steder",
      "scb: så stor del av ett centrums boende får arbeta på annat håll",
      "scb: share of a centre's residents that may work elsewhere"}},
    {"max-single",
     NULL,
     SUND_NUMBER,
     AT(max_single),
     "0.075",
     NULL,
     SHARE,
     {"scb: og så stor en del i én anden enhed", "scb: och så stor del i en enda annan enhet",
      "scb: and share that may work in one other unit"}},
    {"min-size",
     NULL,
     SUND_NUMBER,
     AT(min_size),
     "3500",
     "persons",
     0,
     1e9,
     NULL,
     {"containment: mindste antal beskæftigede beboere", "containment: minsta antal sysselsatta boende",
      "containment: fewest employed residents of a market"}},
    {"min-containment",
     NULL,
     SUND_NUMBER,
     AT(min_containment),
     "0.667",
     NULL,
     SHARE,
     {"containment: mindste selvforsyning for store markeder",
      "containment: minsta självförsörjning för stora marknader",
      "containment: least self-containment, enough for large markets"}},
    {"target-size",
     NULL,
     SUND_NUMBER,
     AT(target_size),
     "25000",
     "persons",
     0,
     1e9,
     NULL,
     {"containment: størrelse, hvor mindste selvforsyning er nok",
      "containment: storlek där minsta självförsörjning räcker",
      "containment: size from which the least self-containment is enough"}},
    {"target-containment",
     NULL,
     SUND_NUMBER,
     AT(target_containment),
     "0.75",
     NULL,
     SHARE,
     {"containment: selvforsyning, hvor mindste størrelse er nok",
      "containment: självförsörjning där minsta storlek räcker",
      "containment: self-containment with which the smallest size is enough"}},
    {"centre-size",
     NULL,
     SUND_NUMBER,
     AT(centre_size),
     "50000",
     "persons",
     0,
     1e12,
     NULL,
     {"ttwa: enheder med så mange beskæftigede beboere slutter sig ikke til andre",
      "ttwa: enheter med så många sysselsatta boende går inte upp i andra",
      "ttwa: units of as many employed residents join no other"}},
    {"centres",
     NULL,
     SUND_STRINGS,
     AT(centres),
     NULL,
     NULL,
     0,
     0,
     NULL,
     {"ttwa: enheder der ikke slutter sig til andre (A,B,…)", "ttwa: enheter som inte går upp i andra (A,B,…)",
      "ttwa: units that join no other (A,B,…)"}},
    {"min-link",
     NULL,
     SUND_NUMBER,
     AT(min_link),
     "0.00001",
     NULL,
     SHARE,
     {"ttwa: mindste del af beboerne der binder", "ttwa: minsta del av de boende som binder",
      "ttwa: smallest share of residents that joins"}},
    {"together",
     NULL,
     SUND_STRINGS,
     AT(together),
     NULL,
     NULL,
     0,
     0,
     NULL,
     {"er disse enheder ét arbejdsmarked? (A,B,…)", "är dessa enheter en arbetsmarknad? (A,B,…)",
      "are these units one labour market? (A,B,…)"}},
    {"minutes",
     NULL,
     SUND_STRINGS,
     AT(minutes),
     NULL,
     NULL,
     0,
     0,
     NULL,
     {"tabel: minutter mellan enheder (from,to,minutes)", "tabell: minuter mellan enheter (from,to,minutes)",
      "table: minutes between units (from,to,minutes)"}},
    {"shrink",
     NULL,
     SUND_NUMBERS,
     AT(shrink),
     NULL,
     "min",
     0,
     600,
     NULL,
     {"så mange minutter kortere over grænsen", "så många minuter kortare över gränsen",
      "so many minutes less across the border"}},
    {"border-factor",
     NULL,
     SUND_NUMBER,
     AT(border_factor),
     NULL,
     NULL,
     0.001,
     1000,
     NULL,
     {"grænsens virkning i trinene (1 = ingen); ellers som beregnet",
      "gränsens verkan i stegen (1 = ingen); annars som beräknad",
      "what the border divides flows by in the steps (1 = nothing); else as estimated"}},
    {"model",
     NULL,
     SUND_WORD,
     AT(model),
     "gravity",
     NULL,
     0,
     0,
     model_words,
     {"trinenes strømme: af modellen, eller de målte ændret som modellen siger",
      "stegens flöden: av modellen, eller de uppmätta ändrade som modellen säger",
      "flows of the steps: the model's, or those observed changed as the model says"}},
    {"flow-lines",
     NULL,
     SUND_NUMBER,
     AT(flow_lines),
     "200",
     NULL,
     0,
     1e6,
     NULL,
     {"højst så mange strømme tegnes", "högst så många flöden ritas", "at most so many flows are drawn"}},
};

double labour_share(double given) {
  return given > 1 ? given / 100 : given;
}

/* Are two different units named, with a comma between them? */
static bool names_two(const char *list) {
  const size_t first = strcspn(list, ",");
  for (const char *rest = list + first; *rest == ','; rest += strcspn(rest, ",")) {
    rest++;
    if (strcspn(rest, ",") != first || strncmp(rest, list, first) != 0) return true;
  }
  return false;
}

sund_code labour_check(sund_ctx *ctx, uint32_t roles, const void *given) {
  const labour_options *o = given;
  if (!(labour_share(o->target_containment) > 0))
    return sund_fail(ctx, SUND_USAGE, "--target-containment: must be more than 0");
  if (labour_share(o->min_containment) > labour_share(o->target_containment))
    return sund_fail(ctx, SUND_USAGE, "--min-containment: %g is more than --target-containment %g",
                     o->min_containment, o->target_containment);
  if (o->min_size > o->target_size)
    return sund_fail(ctx, SUND_USAGE, "--min-size: %g is more than --target-size %g", o->min_size, o->target_size);
  if (o->shrink.count > 0 && !(roles & 1u << SUND_TRAVEL))
    return sund_fail(ctx, SUND_USAGE, "--shrink needs minutes between the units: give --minutes TABLE");
  if (o->shrink.count > 0 && !(roles & 1u << SUND_AREAS))
    return sund_fail(ctx, SUND_USAGE, "--shrink needs areas with their country: which pairs lie across the border?");
  for (size_t i = 0; i < o->together.count; i++)
    if (!names_two(o->together.value[i])) {
      const sund_mark mark = o->together.mark ? o->together.mark[i] : (sund_mark){0};
      return sund_fail_at(ctx, mark, "%stogether: '%s' is one unit; name two or more: A,B", mark.line ? "" : "--",
                          o->together.value[i]);
    }
  return SUND_OK;
}
