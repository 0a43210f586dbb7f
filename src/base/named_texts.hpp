// Names with their texts, as people give them: {"--data-dir", "./data"}.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dialplane {

using named_texts = std::vector<std::pair<std::string, std::string>>;

}  // namespace dialplane
