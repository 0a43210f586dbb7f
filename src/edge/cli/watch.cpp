#include "edge/cli/watch.hpp"

namespace dialplane::cli {

waiting_spinner::waiting_spinner(const client_call&, const api_request&) {}
void waiting_spinner::end() const {}

int watch(client_call& call, const api_request& request) {
  const api_result told = call.api->ask(request);
  if (!told) return call.fail(error_of(told.error()));
  return call.succeed(*told);
}

}  // namespace dialplane::cli
