// From a tool call to the REST request it stands for. Pure.
#pragma once

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "edge/mcp/tool_catalog.hpp"
#include "net/http.hpp"

namespace dialplane {

// `outer`: the HTTP request that brought the call; the inner one is as old, and comes from the same
// peer. The arguments of the body are judged by the REST handler itself. invalid_input, naming the
// argument: one nobody knows (with the nearest known name), one that is missing, one of the path,
// the query or a header that is not of its type. resource_not_found: an id that can be none.
result<http_request> request_of_tool(const mcp_tool& tool, const boost::json::object& arguments,
                                     const http_request& outer);

// A GET in the name of `outer`'s caller. `target`: path and query.
http_request request_of_resource(std::string_view target, const http_request& outer);

// Whether a text can be an id: nothing in it could lead to another path.
bool may_be_id(std::string_view text) noexcept;

}  // namespace dialplane
