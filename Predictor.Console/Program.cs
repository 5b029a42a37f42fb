using EmotionMLNet.Predictor;

return PredictCommand.Create().Parse(args).Invoke();
