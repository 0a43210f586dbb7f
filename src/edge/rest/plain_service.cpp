// Health and metrics.
#include "edge/rest/plain_handlers.hpp"
#include "edge/rest/rest_service.hpp"

namespace dialplane {

namespace {

std::string_view word(bool well) { return well ? "ok" : "failing"; }

}  // namespace

void plain_health_live(rest_context context) {
  context->answer(json_answer(200, {{"status", "ok"}}));
}

void plain_health_ready(rest_context context) {
  context->service().probe([context](readiness seen) {
    const bool well = seen.store && seen.runner;
    context->answer(json_answer(well ? 200 : 503, {{"status", word(well)},
                                                   {"version", DIALPLANE_VERSION},
                                                   {"store", word(seen.store)},
                                                   {"runner", word(seen.runner)}}));
  });
}

void plain_health(rest_context context) {
  context->service().probe([context](readiness seen) {
    const bool well = seen.store && seen.runner;
    context->answer(
        json_answer(well ? 200 : 503, {{"status", word(well)}, {"version", DIALPLANE_VERSION}}));
  });
}

void plain_metrics(rest_context context) {
  context->answer({.status = 200,
                   .body = context->service().metrics().render(),
                   .content_type = "text/plain; version=0.0.4; charset=utf-8"});
}

}  // namespace dialplane
