// From a REST answer to the result of a tool call. Pure.
//
// What the REST edge answered is relayed as it is, a waiting approval included: that is a result.
// A refusal becomes a verdict (naive dialect §12): refused, failed or unknown, whether the call can
// succeed later, and what to do. Texts that strangers wrote are marked as data.
#pragma once

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "edge/mcp/tool_catalog.hpp"
#include "net/http.hpp"

namespace dialplane {

// {"content":[…],"structuredContent":{…},"isError":…,"_meta":{…}}
boost::json::object result_of_answer(const mcp_tool& tool, const http_response& answer);

// A call that never became a request.
boost::json::object result_of_refusal(const error& why);

}  // namespace dialplane
