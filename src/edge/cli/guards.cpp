#include "edge/cli/guards.hpp"

namespace dialplane::cli {

std::optional<int> ask_before(client_call& call, const api_request&) {
  if (!call.asks) return std::nullopt;
  return std::nullopt;
}

}  // namespace dialplane::cli
