// The HTTP routes of the Model Context Protocol: streamable HTTP without sessions and streams, and
// the metadata that tells a client where a token for it comes from (RFC 9728).
#pragma once

#include "edge/rest/request_context.hpp"

namespace dialplane {

// 501 not_configured where no mcp_service runs.
void mcp_message(rest_context context);
void mcp_resource_metadata(rest_context context);

}  // namespace dialplane
