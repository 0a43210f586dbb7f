// A prompt with its arguments filled in. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "edge/mcp/json_rpc.hpp"
#include "edge/mcp/tool_catalog.hpp"

namespace dialplane {

// Values are one line of at most 200 characters, and stand in the text as they are. invalid_params:
// a value that is not, a missing one, one that the prompt does not know.
rpc_result<std::string> prompt_text(const mcp_prompt& prompt, const boost::json::object& given);

}  // namespace dialplane
