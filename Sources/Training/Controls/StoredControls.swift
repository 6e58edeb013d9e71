import FewShot

/// How controls are stored in checkpoints and in the run store, with the forms that older versions wrote.
///
/// Those had a case and a key for each of three settings: `learningRate`, `residualRatio` and `dropout`.
private enum OlderSetting: String, CaseIterable {
    case learningRate, residualRatio, dropout

    var name: String {
        switch self {
        case .learningRate: LiveSetting.learningRate.name
        case .residualRatio: LiveSetting.residualRatio.name
        case .dropout: LiveSetting.dropout.name
        }
    }
}

extension KeyedDecodingContainer where K == TextKey {
    fileprivate func olderValues(_ settings: [OlderSetting]) throws -> [String: Double] {
        try settings.reduce(into: [:]) { values, setting in
            values[setting.name] = try decodeIfPresent(Double.self, forKey: TextKey(stringValue: setting.rawValue))
        }
    }
}

/// `{"learningRate": {"from": 0.003, "to": 0.006}}`
private struct OlderChange: Decodable {
    var from, to: Double
}

extension KeyedDecodingContainer {
    /// Reads a change as this or an older version has written it. The synthesised decoder of ``Intervention`` calls it.
    func decode(_: Intervention.Change.Type, forKey key: Key) throws -> Intervention.Change {
        let decoder = try superDecoder(forKey: key)
        let container = try decoder.container(keyedBy: TextKey.self)
        for setting in OlderSetting.allCases {
            guard
                let older = try container.decodeIfPresent(
                    OlderChange.self, forKey: TextKey(stringValue: setting.rawValue))
            else { continue }
            return .set(name: setting.name, from: older.from, to: older.to, isUndo: false)
        }
        return try Intervention.Change(from: decoder)
    }
}

/// What of the controls a checkpoint keeps: whether a run is paused or about to stop is over when its process is.
extension RunControls: Codable {
    private enum CodingKeys: CodingKey { case values, earlier, plannedEpochs, interventions, isScheduled }

    /// Reads what this or an older version has written.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let older = try decoder.container(keyedBy: TextKey.self)
        self.init(
            values: try container.decodeIfPresent([String: Double].self, forKey: .values)
                ?? older.olderValues(OlderSetting.allCases),
            epochs: try container.decode(Int.self, forKey: .plannedEpochs),
            isScheduled: try container.decode(Bool.self, forKey: .isScheduled))
        interventions = try container.decode([Intervention].self, forKey: .interventions)
        if container.contains(.values) {
            earlier = try container.decode([Earlier].self, forKey: .earlier)
        } else {
            earlier = try older.decode([OlderEarlier].self, forKey: TextKey(stringValue: "earlier")).map(\.earlier)
        }
    }

    /// Writes the form of this version.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(values, forKey: .values)
        try container.encode(earlier, forKey: .earlier)
        try container.encode(plannedEpochs, forKey: .plannedEpochs)
        try container.encode(interventions, forKey: .interventions)
        try container.encode(isScheduled, forKey: .isScheduled)
    }

    /// `{"learningRate": {"_0": 0.003}}`
    private struct OlderEarlier: Decodable {
        private struct Value: Decodable { var _0: Double }

        var earlier: Earlier

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: TextKey.self)
            for setting in OlderSetting.allCases {
                guard
                    let value = try container.decodeIfPresent(
                        Value.self, forKey: TextKey(stringValue: setting.rawValue))
                else { continue }
                earlier = Earlier(name: setting.name, value: value._0, epoch: -1)
                return
            }
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no setting of an older version"))
        }
    }
}

extension LoopState {
    /// The live values of the best epoch, where only the residual ratio of an older version is stored.
    static func olderBestValues(_ decoder: any Decoder) throws -> [String: Double] {
        let container = try decoder.container(keyedBy: TextKey.self)
        let ratio = try container.decodeIfPresent(Double.self, forKey: TextKey(stringValue: "bestRatio"))
        return ratio.map { [LiveSetting.residualRatio.name: $0] } ?? [:]
    }
}

extension RunDescription {
    /// The live values at the start, where an older version has stored them one by one.
    static func olderSettings(_ decoder: any Decoder) throws -> [String: Double] {
        try decoder.container(keyedBy: TextKey.self).olderValues([.residualRatio, .dropout])
    }
}
