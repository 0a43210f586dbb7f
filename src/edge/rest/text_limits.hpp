// How much a text may hold, whether a customer sends it or a handset of the sandbox carrier.
#pragma once

#include <cstddef>

namespace dialplane {

inline constexpr std::size_t text_body_max = 1'600;
inline constexpr std::size_t text_media_max = 10;
inline constexpr std::size_t text_media_url_max = 2'048;

}  // namespace dialplane
