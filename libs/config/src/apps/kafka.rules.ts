import { rule } from '../rule.js';
import { kafkaSettings } from './shared.settings.js';

const { kafkaSsl, kafkaSslCaFile, kafkaSaslMechanism, kafkaSaslUsername, kafkaSaslPassword } = kafkaSettings;

/** What would be passed over in silence: an operator who gives a certificate or a password wants it used. */
export const kafkaRules = [
  rule({ kafkaSsl, kafkaSslCaFile }, ({ kafkaSsl: isOn, kafkaSslCaFile: file }) =>
    file === undefined || isOn
      ? []
      : [
          {
            variable: kafkaSslCaFile.variable,
            message: 'is set, but KAFKA_SSL is not true: set it, or leave this out',
          },
        ],
  ),
  ...[kafkaSaslUsername, kafkaSaslPassword].map((credential) =>
    rule({ kafkaSaslMechanism, credential }, ({ kafkaSaslMechanism: mechanism, credential: given }) => {
      const { variable } = credential;
      if (mechanism !== undefined && given === undefined)
        return [{ variable, message: 'is required where KAFKA_SASL_MECHANISM is set' }];
      if (mechanism === undefined && given !== undefined)
        return [{ variable, message: 'is set, but KAFKA_SASL_MECHANISM is not: set it, or leave this out' }];
      return [];
    }),
  ),
] as const;
