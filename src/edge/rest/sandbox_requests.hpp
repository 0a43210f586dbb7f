// What requests to the sandbox carrier have in common: it must be there.
#pragma once

#include "carriers/sandbox_control.hpp"
#include "edge/rest/request_context.hpp"
#include "edge/rest/rest_service.hpp"

namespace dialplane {

inline result<sandbox_control*> sandbox_of(const rest_context& context) {
  sandbox_control* sandbox = context->service().hooks().sandbox;
  if (sandbox == nullptr) {
    return refused(error_code::not_configured, "This server runs no sandbox carrier.");
  }
  return sandbox;
}

}  // namespace dialplane
