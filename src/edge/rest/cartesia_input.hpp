// Pieces of requests that several handlers of the cartesia dialect read alike.
#pragma once

#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/object_reader.hpp"
#include "edge/rest/request_context.hpp"

namespace dialplane {

// A text of 1 to `max` characters after trimming, trimmed.
std::optional<std::string> trimmed_text(object_reader& body, std::string_view name,
                                        std::size_t max);
std::string required_trimmed_text(object_reader& body, std::string_view name, std::size_t max);

// The number or agent the path names; resource_not_found for what cannot be an id.
result<number_id> number_in_path(const request_context& context);
result<agent_id> agent_in_path(const request_context& context);
// An id in a body; one that cannot be an id names nothing, so it is resource_not_found.
result<agent_id> agent_named(std::string_view text);

}  // namespace dialplane
