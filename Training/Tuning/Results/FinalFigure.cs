namespace EmotionMLNet.Training.Tuning.Results;

/// <summary>The longer training after a search beside the best model of the confirmation, both on the validation pictures.</summary>
/// <param name="Loss">What it is compared by; smaller is better.</param>
/// <param name="Confirmed">That of the other one.</param>
/// <param name="Epochs">Its epochs.</param>
/// <param name="Seconds">Their time.</param>
internal sealed record FinalFigure(double Loss, double Confirmed, int Epochs, double Seconds)
{
    /// <summary>Whether its model is handed on.</summary>
    public bool IsHandedOn => Loss < Confirmed;
}
